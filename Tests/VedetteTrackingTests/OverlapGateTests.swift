import Testing
import VedetteCore

@testable import VedetteTracking

@Suite struct OverlapGateTests {
    @Test(arguments: [Float(0), 5, 40])
    func findsExactlyThePairsThatOverlapEnough(growth: Float) {
        var random = SeededGenerator(seed: 11)
        func box() -> Box {
            Box(
                x: .random(in: -50...300, using: &random), y: .random(in: -50...300, using: &random),
                width: .random(in: 1...90, using: &random), height: .random(in: 1...90, using: &random))
        }
        func grown(_ box: Box) -> Box {
            Box(x: box.x - growth, y: box.y - growth, width: box.width + 2 * growth, height: box.height + 2 * growth)
        }
        let tracks = (0..<60).map { _ in box() }
        let faces = (0..<60).map { _ in box() }
        var gate = OverlapGate()
        for (column, face) in faces.enumerated() { gate.add(face, column: column) }
        gate.prepare()
        for track in tracks {
            // One row alone takes the best of what it is allowed; then that one is taken away.
            var left = Set(faces.indices.filter { grown(track).intersectionOverUnion(grown(faces[$0])) > 0.1001 })
            var allowed = Assignment()
            allowed.reset(rows: 1, columns: faces.count)
            gate.allow(row: 0, box: track, growth: growth, minimum: 0.1, in: &allowed)
            allowed.solve(limit: 1)
            let best = faces.indices.max {
                grown(track).intersectionOverUnion(grown(faces[$0]))
                    < grown(track).intersectionOverUnion(grown(faces[$1]))
            }
            #expect(left.isEmpty || allowed.column(of: 0) == best)
            // As many rows as faces: each face that is allowed finds one.
            var all = Assignment()
            all.reset(rows: faces.count, columns: faces.count)
            for row in faces.indices { gate.allow(row: row, box: track, growth: growth, minimum: 0.1, in: &all) }
            all.solve()
            for column in faces.indices where all.row(of: column) != nil {
                #expect(grown(track).intersectionOverUnion(grown(faces[column])) > 0.0999)
                left.remove(column)
            }
            #expect(left.isEmpty)
        }
    }
}
