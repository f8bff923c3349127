import VedetteCore
import VedetteTracking

/// What one assignment problem costs.
struct AssignmentTiming: Encodable {
    /// `dense`: every pair is allowed. `gated`: one in ten is, and one that fits.
    var kind: String
    var size: Int
    /// Median time to pose and solve it.
    var microseconds: Double
    var pairs: Int
    /// Total cost of the pairs made.
    var cost: Double

    /// Costs of a problem, row by row; infinity forbids a pair.
    static func problem(_ kind: String, size: Int) -> [Double] {
        var random = SeededGenerator(seed: UInt64(size))
        var costs: [Double] = []
        for row in 0..<size {
            for column in 0..<size {
                let cost = Double(random.number(0, 1))
                let isAllowed = random.number(0, 1) < 0.1 || row == column
                costs.append(kind == "dense" || isAllowed ? cost : .infinity)
            }
        }
        return costs
    }

    init(_ kind: String, size: Int, rounds: Int = 301) {
        let costs = Self.problem(kind, size: size)
        var assignment = Assignment()
        var times: [Double] = []
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            assignment.reset(rows: size, columns: size)
            for row in 0..<size {
                for column in 0..<size where costs[row * size + column] < .infinity {
                    assignment.allow(row: row, column: column, cost: costs[row * size + column])
                }
            }
            assignment.solve()
            let (seconds, attoseconds) = (ContinuousClock.now - start).components
            times.append(Double(seconds) * 1e6 + Double(attoseconds) / 1e12)
        }
        self.kind = kind
        self.size = size
        microseconds = times.sorted()[rounds / 2]
        pairs = 0
        cost = 0
        for row in 0..<size {
            guard let column = assignment.column(of: row) else { continue }
            pairs += 1
            cost += costs[row * size + column]
        }
    }
}
