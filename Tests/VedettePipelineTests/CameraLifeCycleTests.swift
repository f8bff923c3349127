import Testing
import VedetteCore

@testable import VedettePipeline

@Suite struct CameraLifeCycleTests {
    private func cycle() -> CameraLifeCycle { CameraLifeCycle(seed: 7) }
    private let refused = SourceFailure(.refused, "connection refused")
    private let unauthorized = SourceFailure(.unauthorized, "wrong user or password")

    @Test func connectsAtStartAndIsLiveWithTheFirstFrame() {
        var cycle = cycle()
        #expect(cycle.handle(.start, at: 0) == [.connect, .report(.connecting, reason: nil)])
        #expect(cycle.handle(.frame, at: 0.4) == [.report(.live, reason: nil)])
        #expect(cycle.handle(.frame, at: 0.5).isEmpty)
    }

    @Test func noticesAFrozenStreamAndKeepsTheConnectionForAWhile() {
        var cycle = cycle()
        _ = cycle.handle(.start, at: 0)
        _ = cycle.handle(.frame, at: 1)
        #expect(cycle.handle(.tick, at: 2.9).isEmpty)
        #expect(cycle.handle(.tick, at: 3.1) == [.report(.stalled, reason: "no picture for 2 s")])
        #expect(cycle.handle(.frame, at: 4) == [.report(.live, reason: nil)])
        _ = cycle.handle(.tick, at: 6.1)
        #expect(cycle.state == .stalled)
        #expect(cycle.handle(.tick, at: 9.2) == [.disconnect, .report(.backingOff, reason: "the stream froze")])
        #expect(cycle.handle(.tick, at: 20).isEmpty, "waits for the connection to have ended")
        #expect(cycle.handle(.ended(nil), at: 20.1).isEmpty)
        #expect(cycle.handle(.tick, at: 20.2).contains(.connect))
    }

    @Test func backsOffTwiceAsLongEachTimeUpToThirtySeconds() {
        var cycle = cycle()
        _ = cycle.handle(.start, at: 0)
        var now = 0.0
        var delays: [Double] = []
        for _ in 0..<9 {
            #expect(cycle.handle(.ended(refused), at: now) == [.report(.backingOff, reason: "connection refused")])
            let failedAt = now
            repeat { now += 0.01 } while !cycle.handle(.tick, at: now).contains(.connect)
            delays.append(now - failedAt)
        }
        for (delay, nominal) in zip(delays, [0.5, 1, 2, 4, 8, 16, 30, 30, 30]) {
            #expect(delay >= nominal * 0.79 && delay <= nominal * 1.21, "\(delay) for \(nominal)")
        }
    }

    @Test(arguments: [SourceFailure.Reason.lost, .refused, .timedOut, .notFound])
    func triesOftenAfterAShortOutage(reason: SourceFailure.Reason) {
        var cycle = cycle()
        _ = cycle.handle(.start, at: 0)
        _ = cycle.handle(.frame, at: 1)
        var now = 1.0
        for _ in 0..<20 {
            _ = cycle.handle(.ended(SourceFailure(reason, "gone")), at: now)
            let failedAt = now
            repeat { now += 0.01 } while !cycle.handle(.tick, at: now).contains(.connect)
            #expect(now - failedAt < 1.5)
        }
    }

    @Test func aWrongPasswordIsNotTriedOften() {
        var cycle = cycle()
        _ = cycle.handle(.start, at: 0)
        _ = cycle.handle(.frame, at: 1)
        var now = 1.0
        for _ in 0..<8 {
            _ = cycle.handle(.ended(unauthorized), at: now)
            now += 100
            _ = cycle.handle(.tick, at: now)
        }
        _ = cycle.handle(.ended(unauthorized), at: now)
        #expect(cycle.handle(.tick, at: now + 20).isEmpty)
        #expect(cycle.reason == "wrong user or password")
    }

    @Test func comesBackAtOnceWhenTheHostAnswersAgain() {
        var cycle = cycle()
        _ = cycle.handle(.start, at: 0)
        for step in 0..<8 {
            _ = cycle.handle(.ended(refused), at: Double(step) * 100)
            if step < 7 { _ = cycle.handle(.tick, at: Double(step) * 100 + 50) }
        }
        #expect(cycle.handle(.tick, at: 701).isEmpty)
        #expect(cycle.handle(.reachable(true), at: 701).isEmpty, "an open port that never closed is no news")
        #expect(cycle.handle(.reachable(false), at: 702).isEmpty)
        #expect(cycle.handle(.reachable(true), at: 703).first == .connect)
    }

    @Test func givesUpAConnectionWithoutPictures() {
        var cycle = cycle()
        _ = cycle.handle(.start, at: 0)
        #expect(cycle.handle(.tick, at: 9.9).isEmpty)
        #expect(cycle.handle(.tick, at: 10.1).first == .disconnect)
        #expect(cycle.state == .backingOff)
    }

    @Test(arguments: [CameraState.connecting, .live, .stalled, .backingOff])
    func stopsFromEveryState(state: CameraState) {
        var cycle = cycle()
        _ = cycle.handle(.start, at: 0)
        if state != .connecting { _ = cycle.handle(.frame, at: 0) }
        if state == .stalled { _ = cycle.handle(.tick, at: 2.5) }
        if state == .backingOff { _ = cycle.handle(.ended(refused), at: 0.1) }
        #expect(cycle.state == state)
        let actions = cycle.handle(.stop, at: 3)
        #expect(actions.contains(.report(.stopped, reason: nil)))
        #expect(actions.contains(.disconnect) == (state != .backingOff))
        #expect(cycle.handle(.ended(nil), at: 3.1).isEmpty)
        #expect(cycle.handle(.tick, at: 100).isEmpty)
    }

    @Test func aRecordingThatIsOverIsNotStartedAgain() {
        var cycle = cycle()
        _ = cycle.handle(.start, at: 0)
        _ = cycle.handle(.frame, at: 1)
        #expect(cycle.handle(.ended(nil), at: 2) == [.report(.stopped, reason: "the recording is over")])
        #expect(cycle.handle(.tick, at: 100).isEmpty)
    }

    @Test func framesOnTheirWayReviveNoConnectionThatWasGivenUp() {
        var cycle = cycle()
        _ = cycle.handle(.start, at: 0)
        _ = cycle.handle(.frame, at: 1)
        _ = cycle.handle(.tick, at: 3.5)
        _ = cycle.handle(.tick, at: 7)
        #expect(cycle.state == .backingOff)
        #expect(cycle.handle(.frame, at: 7.1).isEmpty)
        #expect(cycle.state == .backingOff && cycle.reason == "the stream froze")
    }

    @Test func aHostThatIsBackIsTriedOftenUntilItHasPictures() {
        var cycle = cycle()
        _ = cycle.handle(.start, at: 0)
        var now = 0.0
        for _ in 0..<8 {
            _ = cycle.handle(.ended(refused), at: now)
            now += 50
            _ = cycle.handle(.tick, at: now)
        }
        _ = cycle.handle(.ended(refused), at: now)
        _ = cycle.handle(.reachable(false), at: now + 1)
        #expect(cycle.handle(.reachable(true), at: now + 2).first == .connect)
        _ = cycle.handle(.ended(SourceFailure(.notFound, "not yet")), at: now + 2.1)
        #expect(cycle.handle(.tick, at: now + 2.8).contains(.connect), "half a second, not half a minute")
    }
}
