import Testing
import VedetteCore

@testable import VedetteTracking

@Suite struct AssignmentTests {
    /// Cost of the best assignment, by trying all: every row takes a free allowed column or stays alone for `limit`.
    private static func bruteForce(_ costs: [[Double]], limit: Double, row: Int = 0, used: Int = 0) -> Double {
        guard row < costs.count else { return 0 }
        var best = limit + bruteForce(costs, limit: limit, row: row + 1, used: used)
        for column in costs[row].indices where used & 1 << column == 0 && costs[row][column].isFinite {
            let rest = bruteForce(costs, limit: limit, row: row + 1, used: used | 1 << column)
            best = min(best, costs[row][column] + rest)
        }
        return best
    }

    private static func pose(_ costs: [[Double]], columns: Int, to assignment: inout Assignment) {
        assignment.reset(rows: costs.count, columns: columns)
        for (row, line) in costs.enumerated() {
            for (column, cost) in line.enumerated() { assignment.allow(row: row, column: column, cost: cost) }
        }
    }

    /// What the solution costs, or nil when it is none: a forbidden pair, or rows and columns that do not agree.
    private static func cost(of assignment: Assignment, _ costs: [[Double]], lone: Double) -> Double? {
        var total = 0.0
        var taken: Set<Int> = []
        for row in costs.indices {
            guard let column = assignment.column(of: row) else {
                total += lone
                continue
            }
            guard taken.insert(column).inserted, assignment.row(of: column) == row else { return nil }
            guard costs[row][column].isFinite else { return nil }
            total += costs[row][column]
        }
        for column in 0..<assignment.columns {
            if let row = assignment.row(of: column), assignment.column(of: row) != column { return nil }
        }
        return total
    }

    @Test(arguments: [0.0, 0.4, 0.8])
    func equalsBruteForceOnRandomProblems(forbidden: Double) throws {
        var random = SeededGenerator(seed: 7)
        var assignment = Assignment()
        for _ in 0..<3000 {
            let rows = Int.random(in: 0...6, using: &random)
            let columns = Int.random(in: 0...6, using: &random)
            // Few different costs make ties, negative ones are what a score to be maximised is.
            let coarse = Bool.random(using: &random)
            let costs = (0..<rows).map { _ in
                (0..<columns).map { _ in
                    if Double.random(in: 0...1, using: &random) < forbidden { return Double.nan }
                    return coarse
                        ? Double(Int.random(in: -2...3, using: &random)) : Double.random(in: -1...2, using: &random)
                }
            }
            Self.pose(costs, columns: columns, to: &assignment)
            let limit = Double.random(in: -0.5...2, using: &random)
            assignment.solve(limit: limit)
            let limited = try #require(Self.cost(of: assignment, costs, lone: limit))
            #expect(abs(limited - Self.bruteForce(costs, limit: limit)) < 1e-9)

            // Without a limit: most pairs first, for which a lone row is dearer than anything else.
            Self.pose(costs, columns: columns, to: &assignment)
            assignment.solve()
            let unlimited = try #require(Self.cost(of: assignment, costs, lone: 1000))
            #expect(abs(unlimited - Self.bruteForce(costs, limit: 1000)) < 1e-9)
        }
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func treatsCostsThatAreNotFiniteAsForbidden(cost: Double) {
        var assignment = Assignment()
        Self.pose([[cost, cost], [cost, 0.5]], columns: 2, to: &assignment)
        assignment.solve(limit: 1)
        #expect(assignment.column(of: 0) == nil)
        #expect(assignment.column(of: 1) == 1)
        #expect(assignment.row(of: 0) == nil)
    }

    @Test(arguments: [(0, 0), (0, 3), (3, 0), (1, 4), (4, 1)])
    func solvesDegenerateShapes(rows: Int, columns: Int) {
        let table: [[Double]] = [[2, 5, 1, 4], [0, 3, 6, 2], [5, 1, 4, 0], [3, 6, 2, 5]]
        let costs = table.prefix(rows).map { Array($0.prefix(columns)) }
        var assignment = Assignment()
        Self.pose(costs, columns: columns, to: &assignment)
        assignment.solve()
        #expect((0..<rows).count { assignment.column(of: $0) != nil } == min(rows, columns))
        #expect(Self.cost(of: assignment, costs, lone: 1000) == Self.bruteForce(costs, limit: 1000))
    }

    @Test func doesNotGiveUpAGoodPairForTwoPoorOnes() {
        var assignment = Assignment()
        Self.pose([[0.05, 0.7], [0.7, .nan]], columns: 2, to: &assignment)
        assignment.solve(limit: 0.8)
        #expect(assignment.column(of: 0) == 0)
        #expect(assignment.column(of: 1) == nil)
        Self.pose([[0.05, 0.7], [0.7, .nan]], columns: 2, to: &assignment)
        assignment.solve()
        #expect(assignment.column(of: 0) == 1)
        #expect(assignment.column(of: 1) == 0)
    }

    @Test func neverMakesAPairAtTheLimit() {
        var assignment = Assignment()
        Self.pose([[0.8, 0.9]], columns: 2, to: &assignment)
        assignment.solve(limit: 0.8)
        #expect(assignment.column(of: 0) == nil)
    }

    @Test func findsTheCheapDiagonalAmongTwoHundred() {
        // Costs |i - j| + noise, shuffled columns: the optimum is the shuffle.
        var random = SeededGenerator(seed: 3)
        let shuffle = (0..<200).shuffled(using: &random)
        var assignment = Assignment()
        assignment.reset(rows: 200, columns: 200)
        for row in 0..<200 {
            for column in 0..<200 {
                let noise = Double.random(in: 0..<0.001, using: &random)
                assignment.allow(
                    row: row, column: shuffle[column], cost: Double((row - column) * (row - column)) + noise)
            }
        }
        assignment.solve()
        #expect((0..<200).allSatisfy { assignment.column(of: $0) == shuffle[$0] })
    }
}
