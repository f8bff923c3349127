/// Optimal one-to-one assignment of rows to columns, of which any may stay alone.
///
/// Pairs that are allowed are named one by one with their cost; all others are forbidden. Solved by shortest augmenting
/// paths with dual prices (Jonker and Volgenant 1987; Crouse 2016 for the rectangular case) over the allowed pairs
/// only, so that the gates of a tracker make it faster: rows without a rival cost no more than a look at their pairs.
///
///     assignment.reset(rows: 2, columns: 3)
///     assignment.allow(row: 0, column: 2, cost: 0.4)
///     assignment.solve(limit: 0.8)
///     assignment.column(of: 0)  // 2
///
/// Its storage is kept from one problem to the next; one value serves one caller at a time.
package struct Assignment: Sendable {
    private static let none: Int32 = -1

    package private(set) var rows = 0
    package private(set) var columns = 0

    // The allowed pairs in the order they were named, and then row by row.
    private var named: [(row: Int32, pair: Pair)] = []
    private var pairs: [Pair] = []
    private var firstPair: [Int32] = []

    private var columnOfRow: [Int32] = []
    private var rowOfColumn: [Int32] = []
    private var rowPrice: [Double] = []
    private var columnPrice: [Double] = []

    // The search for one augmenting path.
    private var distance: [Double] = []
    private var parent: [Int32] = []
    private var settled: [Bool] = []
    private var frontier: [Int32] = []
    private var waiting: [Int32] = []
    private var tree: [Int32] = []

    private struct Pair {
        var column: Int32
        var cost: Double
    }

    package init() {}

    /// Starts a new problem, in which nothing is allowed yet.
    package mutating func reset(rows: Int, columns: Int) {
        precondition(rows >= 0 && columns >= 0)
        self.rows = rows
        self.columns = columns
        named.removeAll(keepingCapacity: true)
        columnOfRow.refill(count: rows, with: Self.none)
        rowOfColumn.refill(count: columns, with: Self.none)
    }

    /// Allows a pair, named at most once. A cost that is not finite forbids it.
    package mutating func allow(row: Int, column: Int, cost: Double) {
        precondition(row >= 0 && row < rows && column >= 0 && column < columns)
        guard cost.isFinite else { return }
        named.append((Int32(truncatingIfNeeded: row), Pair(column: Int32(truncatingIfNeeded: column), cost: cost)))
    }

    package func column(of row: Int) -> Int? {
        columnOfRow[row] == Self.none ? nil : Int(columnOfRow[row])
    }

    package func row(of column: Int) -> Int? {
        rowOfColumn[column] == Self.none ? nil : Int(rowOfColumn[column])
    }

    /// Finds the assignment of least total cost, where a row that stays alone costs `limit`.
    ///
    /// So a pair at or above the limit is never made, and a good pair is not given up for two poor ones that together
    /// are worse than it and a lone row. Without a limit as many pairs as possible are made, at the least cost.
    package mutating func solve(limit: Double = .infinity) {
        precondition(!limit.isNaN)
        var alone = limit
        if limit == .infinity {
            // Dearer than any exchange of pairs could save.
            var lowest = 0.0
            var highest = 0.0
            for entry in named {
                lowest = min(lowest, entry.pair.cost)
                highest = max(highest, entry.pair.cost)
            }
            alone = highest + (highest - lowest + 1) * Double(min(rows, columns) + 1)
        }
        sortPairs(below: alone)
        rowPrice.refill(count: rows, with: 0)
        columnPrice.refill(count: columns, with: 0)
        distance.refill(count: columns, with: .infinity)
        parent.refill(count: columns, with: Self.none)
        settled.refill(count: columns, with: false)

        // Each row takes its cheapest column if that is still free; the rest go through the search.
        for row in 0..<rows {
            var best = alone
            var choice = Self.none
            for at in Int(firstPair[row])..<Int(firstPair[row + 1]) where pairs[at].cost < best {
                best = pairs[at].cost
                choice = pairs[at].column
            }
            rowPrice[row] = best
            if choice != Self.none, rowOfColumn[Int(choice)] == Self.none {
                columnOfRow[row] = choice
                rowOfColumn[Int(choice)] = Int32(truncatingIfNeeded: row)
            }
        }
        reduceRows(alone: alone)
        for row in 0..<rows where columnOfRow[row] == Self.none && firstPair[row] < firstPair[row + 1] {
            augment(from: row, alone: alone)
        }
    }

    /// Augmenting row reduction (Jonker and Volgenant 1987): a row without a column takes its cheapest one from whoever
    /// has it, and raises the price until its second choice is as good. Settles most rows, so that few searches are left.
    private mutating func reduceRows(alone: Double) {
        for _ in 0..<2 {
            waiting.removeAll(keepingCapacity: true)
            for row in 0..<rows where columnOfRow[row] == Self.none && firstPair[row] < firstPair[row + 1] {
                waiting.append(Int32(truncatingIfNeeded: row))
            }
            if waiting.isEmpty { return }
            for at in waiting.indices {
                var row = Int(waiting[at])
                // Rows push each other on for as long as a price rises; with rounding that could be for ever.
                for _ in 0..<rows {
                    guard let pushed = bid(of: row, alone: alone) else { break }
                    row = pushed
                }
            }
        }
    }

    /// Gives a row its cheapest column.
    ///
    /// - Returns: the row that had it and is to go on, if there is one.
    private mutating func bid(of row: Int, alone: Double) -> Int? {
        // To stay alone is a choice as well.
        var best = alone
        var second = alone
        var choice = Self.none
        var secondChoice = Self.none
        for at in Int(firstPair[row])..<Int(firstPair[row + 1]) {
            let column = pairs[at].column
            let cost = pairs[at].cost - columnPrice[Int(column)]
            if cost < best {
                second = best
                secondChoice = choice
                best = cost
                choice = column
            } else if cost < second {
                second = cost
                secondChoice = column
            }
        }
        rowPrice[row] = second
        guard choice != Self.none else { return nil }
        if best < second {
            columnPrice[Int(choice)] -= second - best
        } else if rowOfColumn[Int(choice)] != Self.none, secondChoice != Self.none {
            choice = secondChoice
        }
        let owner = rowOfColumn[Int(choice)]
        columnOfRow[row] = choice
        rowOfColumn[Int(choice)] = Int32(truncatingIfNeeded: row)
        guard owner != Self.none else { return nil }
        columnOfRow[Int(owner)] = Self.none
        return best < second ? Int(owner) : nil
    }

    /// Counting sort by row, without the pairs that can never be worth making.
    private mutating func sortPairs(below limit: Double) {
        firstPair.refill(count: rows + 2, with: 0)
        var count = 0
        for entry in named where entry.pair.cost < limit {
            firstPair[Int(entry.row) + 2] += 1
            count += 1
        }
        for row in 0..<rows { firstPair[row + 2] += firstPair[row + 1] }
        pairs.refill(count: count, with: Pair(column: 0, cost: 0))
        for entry in named where entry.pair.cost < limit {
            let at = Int(firstPair[Int(entry.row) + 1])
            pairs[at] = entry.pair
            firstPair[Int(entry.row) + 1] += 1
        }
    }

    /// Dijkstra's search over reduced costs from an unassigned row to a free column, or to a row that is better left
    /// alone; then the path is flipped and the prices are raised, which keeps every reduced cost at 0 or more.
    private mutating func augment(from start: Int, alone: Double) {
        frontier.removeAll(keepingCapacity: true)
        tree.removeAll(keepingCapacity: true)
        var row = start
        var reached = 0.0
        var aloneDistance = Double.infinity
        var aloneRow = start
        var end = Self.none

        while true {
            let leave = reached + alone - rowPrice[row]
            if leave < aloneDistance {
                aloneDistance = leave
                aloneRow = row
            }
            for at in Int(firstPair[row])..<Int(firstPair[row + 1]) {
                let pair = pairs[at]
                let column = Int(pair.column)
                if settled[column] { continue }
                let length = reached + pair.cost - rowPrice[row] - columnPrice[column]
                guard length < distance[column] else { continue }
                if distance[column] == .infinity { frontier.append(pair.column) }
                distance[column] = length
                parent[column] = Int32(truncatingIfNeeded: row)
            }
            var nearest = -1
            var least = Double.infinity
            for at in frontier.indices {
                let length = distance[Int(frontier[at])]
                if length < least || (length == least && rowOfColumn[Int(frontier[at])] == Self.none) {
                    least = length
                    nearest = at
                }
            }
            if nearest < 0 || aloneDistance <= least {
                reached = aloneDistance
                break
            }
            reached = least
            let column = frontier[nearest]
            frontier.swapAt(nearest, frontier.count - 1)
            frontier.removeLast()
            tree.append(column)
            settled[Int(column)] = true
            if rowOfColumn[Int(column)] == Self.none {
                end = column
                break
            }
            row = Int(rowOfColumn[Int(column)])
        }

        rowPrice[start] += reached
        for column in tree {
            let raise = reached - distance[Int(column)]
            columnPrice[Int(column)] -= raise
            let owner = rowOfColumn[Int(column)]
            if owner != Self.none { rowPrice[Int(owner)] += raise }
        }
        flipPath(from: start, endingAt: end, orLeaving: aloneRow)
        for column in tree {
            distance[Int(column)] = .infinity
            settled[Int(column)] = false
        }
        for column in frontier { distance[Int(column)] = .infinity }
    }

    private mutating func flipPath(from start: Int, endingAt end: Int32, orLeaving aloneRow: Int) {
        var column = end
        if column == Self.none {
            column = columnOfRow[aloneRow]
            columnOfRow[aloneRow] = Self.none
            if aloneRow == start { return }
        }
        while true {
            let row = Int(parent[Int(column)])
            let freed = columnOfRow[row]
            columnOfRow[row] = column
            rowOfColumn[Int(column)] = Int32(truncatingIfNeeded: row)
            if row == start { return }
            column = freed
        }
    }
}

extension Array {
    /// Becomes `count` times `value`, in the storage it has.
    mutating func refill(count: Int, with value: Element) {
        removeAll(keepingCapacity: true)
        append(contentsOf: repeatElement(value, count: count))
    }
}
