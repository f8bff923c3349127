import Foundation
package import VedetteCore

/// A still picture, or a folder of them in the order of their names, as a source of frames.
///
/// Every picture is one frame of its own size. A folder is read anew at each round, so pictures may be added to it; a
/// single picture is decoded once. Pictures that cannot be read are passed over and reported.
package struct StillSource: FrameSource {
    /// A picture of the folder that gave no frame.
    package struct Skipped: Sendable, Hashable {
        package var path: String
        package var reason: ImageError
    }

    private let path: String
    private let pacing: FramePacing
    private let framesPerSecond: Double
    private let codec: ImageCodec
    private let onSkip: @Sendable (Skipped) -> Void

    /// - Parameters:
    ///   - framesPerSecond: more than 0; with ``FramePacing/everyFrame`` it only sets the frames' media times.
    ///   - onSkip: called on the source's thread for each picture that is passed over, at every round.
    package init(
        path: String, pacing: FramePacing, framesPerSecond: Double = 5, codec: ImageCodec = ImageCodec(),
        onSkip: @escaping @Sendable (Skipped) -> Void = { _ in }
    ) {
        precondition(framesPerSecond > 0 && framesPerSecond.isFinite, "a source has a frame rate")
        self.path = path
        self.pacing = pacing
        self.framesPerSecond = framesPerSecond
        self.codec = codec
        self.onSkip = onSkip
    }

    /// Ends after the last picture, or with `realTime(loop: true)` only when the task is cancelled.
    ///
    /// - Throws: ``SourceFailure``: `notFound` when there is no such file or no picture in the folder; `unsupported` or
    ///   `corrupt` when not one picture can be read.
    package func run(deliver: @escaping @Sendable (Frame) -> Void) async throws(SourceFailure) {
        try await SourceThread.run(named: "vedette.still") { thread in
            Result { () throws(SourceFailure) in try deliverAll(thread, deliver) }
        }
    }

    private func deliverAll(_ thread: SourceThread, _ deliver: (Frame) -> Void) throws(SourceFailure) {
        var ticks = FrameTicks(start: Clock.monotonic(), framesPerSecond: framesPerSecond)
        var sequence: UInt64 = 0
        var single: PictureMemory?
        repeat {
            let pictures = try list()
            let first = sequence
            var lastError: ImageError?
            for picture in pictures where thread.isRunning {
                let memory: PictureMemory
                do {
                    memory = try single ?? codec.memory(file: picture)
                } catch {
                    let error = error as? ImageError ?? ImageError(.failed, "\(error)")
                    lastError = error
                    if pictures.count > 1 { onSkip(Skipped(path: picture, reason: error)) }
                    continue
                }
                if picture == path { single = memory }
                if pacing != .everyFrame, !thread.wait(until: ticks.next(now: Clock.monotonic())) { return }
                deliver(StillFrame(memory, sequence: sequence, mediaTime: Double(sequence) / framesPerSecond))
                sequence += 1
            }
            // A round without a frame would otherwise be followed by the next at once, and so on.
            if sequence == first, thread.isRunning { throw failure(lastError, count: pictures.count) }
        } while pacing == .realTime(loop: true) && thread.isRunning
    }

    private func list() throws(SourceFailure) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw SourceFailure(.notFound, "there is no file or folder \(path)", remedy: "check the path")
        }
        guard isFolder.boolValue else { return [path] }
        let pictures: [String]
        do {
            pictures = try PictureFolder(path).pictures()
        } catch {
            throw SourceFailure(.notFound, error.message, remedy: "check that it may be read")
        }
        guard !pictures.isEmpty else {
            throw SourceFailure(
                .notFound, "the folder \(path) holds no picture", remedy: "put JPEG, PNG or WebP files into it")
        }
        return pictures
    }

    private func failure(_ error: ImageError?, count: Int) -> SourceFailure {
        guard let error else { return SourceFailure(.other, "no picture could be delivered") }
        let message =
            count > 1 ? "none of the \(count) pictures can be read; the last: \(error.message)" : error.message
        let reason: SourceFailure.Reason =
            switch error.code {
            case .notAnImage, .unsupportedFormat, .tooLarge: .unsupported
            case .empty, .truncated, .corrupt: .corrupt
            case .unreadable: .notFound
            case .failed: .other
            }
        return SourceFailure(reason, message, remedy: error.remedy)
    }
}
