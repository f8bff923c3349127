package import Foundation
import Synchronization
package import VedetteCore

/// Sends what happens to everybody who listens, and keeps the latest events for listeners who come back.
///
/// A listener that does not keep up is ended rather than given gaps: it comes back with the last id it has, and goes on
/// from there as long as the event after it is still kept.
package final class EventHub: Sendable {
    /// Events kept for listeners who come back, and room for events on their way to each listener.
    private static let capacity = 2048

    private struct State {
        var kept: [LiveEvent] = []
        var lastID: UInt64
        var listeners: [Int: AsyncStream<LiveEvent>.Continuation] = [:]
        var nextListener = 0
        var isClosed = false
    }

    private let state: Mutex<State>

    package init() {
        // Microseconds of the wall clock: above every id of an earlier run, as long as it made less than a million a second.
        state = Mutex(State(lastID: UInt64(max(0, Clock.wall() / 1000))))
    }

    package func publish(_ kind: LiveEvent.Kind, at moment: Date) {
        state.withLock { state in
            state.lastID += 1
            let event = LiveEvent(id: state.lastID, at: moment, kind: kind)
            if state.kept.count >= 2 * Self.capacity { state.kept.removeFirst(Self.capacity) }
            state.kept.append(event)
            for (id, listener) in state.listeners {
                if case .dropped = listener.yield(event) {
                    state.listeners[id] = nil
                    listener.finish()
                }
            }
        }
    }

    /// The events from now on, or from the one after `last` on as far as they are kept.
    ///
    /// Ends when the listener does not keep up, stops listening, or the hub is closed.
    package func events(after last: UInt64? = nil) -> AsyncStream<LiveEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: LiveEvent.self, bufferingPolicy: .bufferingOldest(3 * Self.capacity))
        let listener = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            if let last {
                for event in state.kept where event.id > last { continuation.yield(event) }
            }
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            return state.nextListener
        }
        guard let listener else {
            continuation.finish()
            return stream
        }
        // Ending the stream under the lock would come back here under it; the dictionary is then already without it.
        continuation.onTermination = { [weak self] reason in
            guard case .cancelled = reason else { return }
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: listener) }
        }
        return stream
    }

    package var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// What an erasure must not leave behind: forgets the kept events that tell of the person.
    package func forget(_ person: PersonID) {
        state.withLock { state in
            state.kept.removeAll { event in
                switch event.kind {
                case .sighting(_, let sighting, _, _):
                    sighting.person == person || sighting.revision?.previous == person
                case .handOver(let handOver): handOver.person == person
                }
            }
        }
    }

    /// Ends every listener's stream: called at shutdown.
    package func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}
