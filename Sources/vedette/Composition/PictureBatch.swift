import VedetteCore
import VedetteImages
import VedettePipeline

/// Works on many pictures at once and hands the results over in the order of the pictures.
struct PictureBatch {
    let engine: Engine

    /// - Parameters:
    ///   - work: decodes nothing itself: it gets the upright frame. Runs on several threads.
    ///   - emit: gets each result in order.
    /// - Returns: how many pictures failed.
    func run<Value: Sendable>(
        _ paths: [String], _ work: @escaping @Sendable (String, Frame) throws -> Value,
        emit: (String, Value) throws -> Void
    ) async throws -> Int {
        let pool = BlockingPool(width: engine.workers)
        var progress = Progress("pictures", total: paths.count)
        var failed = 0
        var results: [Int: Result<Value, any Error>] = [:]
        var next = 0
        try await withThrowingTaskGroup(of: (Int, Result<Value, any Error>).self) { group in
            var started = 0
            func start() {
                let index = started
                let path = paths[index]
                let codec = engine.codec
                started += 1
                group.addTask {
                    do {
                        return (
                            index,
                            .success(try await pool.run { try work(path, try codec.decode(try Files.read(path))) })
                        )
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            while started < min(paths.count, engine.workers * 2) { start() }
            for try await (index, result) in group {
                results[index] = result
                if started < paths.count { start() }
                while let result = results.removeValue(forKey: next) {
                    switch result {
                    case .success(let value): try emit(paths[next], value)
                    case .failure(let error):
                        failed += 1
                        Console.complain(paths[next], error)
                    }
                    next += 1
                    progress.advance()
                }
            }
        }
        progress.finish()
        return failed
    }
}
