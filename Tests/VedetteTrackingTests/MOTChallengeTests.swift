import Testing
import VedetteCore

@testable import VedetteTracking

@Suite struct MOTChallengeTests {
    @Test func readsRowsInOrderOfFrame() throws {
        let text = "3,1,10,20,30.5,40,0.9,-1,-1,-1\r\n\r\n1, 2 ,-5,0,1e1,2,1,-1,-1,-1\r\n3,0,1,1,1,1,0"
        let records = try MOTChallenge.parse(text, as: .tracks, name: "gt.txt")
        #expect(
            records == [
                MOTRecord(frame: 1, id: 2, x: -5, y: 0, width: 10, height: 2, confidence: 1),
                MOTRecord(frame: 3, id: 1, x: 10, y: 20, width: 30.5, height: 40, confidence: 0.9),
                MOTRecord(frame: 3, id: 0, x: 1, y: 1, width: 1, height: 1, confidence: 0),
            ])
        #expect(records[1].box == Box(x: 10, y: 20, width: 30.5, height: 40))
    }

    @Test(arguments: ["", "\n", "\r\n \r\n"])
    func readsNothingFromNothing(text: String) throws {
        #expect(try MOTChallenge.parse(text, as: .tracks, name: "gt.txt").isEmpty)
    }

    @Test func detectionsShareTheirId() throws {
        let text = "1,-1,0,0,5,5,0.5,-1,-1,-1\n1,-1,9,9,5,5,2.5,-1,-1,-1\n"
        #expect(try MOTChallenge.parse(text, as: .detections, name: "det.txt").count == 2)
    }

    @Test(arguments: [
        ("1,1,0,0,5,5", "6 columns"), ("1,1,nan,0,5,5,1", "x 'nan'"), ("1,1,0,inf,5,5,1", "y 'inf'"),
        ("1,1,0,0,,5,1", "width ''"), ("1,1,0,0,5,-5,1", "negative"), ("0,1,0,0,5,5,1", "frame 0"),
        ("1.5,1,0,0,5,5,1", "frame 1.5"), ("1,x,0,0,5,5,1", "id 'x'"), ("1,-1,0,0,5,5,1", "id -1"),
        ("1,7,0,0,5,5,1\n1,7,0,0,5,5,1", "line 2"), ("frame,id,x,y,w,h,score", "frame 'frame'"),
        ("1e300,1,0,0,5,5,1", "frame 1e+300"),
    ])
    func namesLineAndReason(row: String, reason: String) throws {
        let error = try #require(throws: MOTFormatError.self) {
            try MOTChallenge.parse("9,1,0,0,5,5,1,-1,-1,-1\r\n\r\n" + row + "\n", as: .tracks, name: "gt.txt")
        }
        #expect(error.name == "gt.txt")
        #expect(error.line == (row.contains("\n") ? 4 : 3))
        #expect(error.message.contains("gt.txt, line \(error.line)"))
        #expect(row.contains("\n") ? error.message.contains("first in line 3") : error.message.contains(reason))
    }

    @Test func skipsAByteOrderMark() throws {
        let records = try MOTChallenge.parse("\u{FEFF}2,1,0,0,5,5,1\r\n1,1,0,0,5,5,1\r\n", as: .tracks, name: "gt.txt")
        #expect(records.map(\.frame) == [1, 2])
    }

    @Test func tellsItsColumns() throws {
        for (row, columns) in [("1,1,0,0,5,5,1,1,0.5", 9), ("1,1,0,0,5,5,1,-1,-1,-1", 10), ("1,1,0,0,5,5,1", 7)] {
            let text = try MOTChallenge.read(row + "\n", as: .tracks, name: "gt.txt")
            #expect(text.columns == columns && text.faces.isEmpty)
            #expect(TrackingEvaluation.ignoresRegions(of: text) == (columns < 10))
        }
    }

    @Test func readsFeaturesFromTheEleventhColumnOn() throws {
        let rows = "2,-1,0,0,5,5,1,-1,-1,-1,3,4\n1,-1,0,0,5,5,1,-1,-1,-1,0,0\n"
        let text = try MOTChallenge.read(rows, as: .detections, name: "det.txt")
        #expect(text.records.map(\.frame) == [1, 2])
        #expect(text.faces.map { $0?.values } == [nil, [0.6, 0.8]])
    }

    @Test(arguments: [("3", "1 feature columns instead of 2"), ("3,x", "feature 2 'x'"), ("3,nan", "feature 2 'nan'")])
    func namesAFeatureThatIsWrong(features: String, reason: String) throws {
        let start = "1,-1,0,0,5,5,1,-1,-1,-1,"
        let error = try #require(throws: MOTFormatError.self) {
            try MOTChallenge.read(start + "3,4\n" + start + features, as: .detections, name: "det.txt")
        }
        #expect(error.line == 2 && error.message.contains(reason), "\(error.message)")
    }

    @Test func writesWhatItReads() throws {
        let records = [
            MOTRecord(frame: 1, id: 1, x: -0.25, y: 10, width: 30.13, height: 0.5, confidence: 0.9375),
            MOTRecord(frame: 12, id: 345, x: 1920, y: -0.01, width: 7.1, height: 8, confidence: 1),
        ]
        let text = MOTChallenge.format(records)
        #expect(text == "1,1,-0.25,10,30.13,0.5,0.9375,-1,-1,-1\n12,345,1920,-0.01,7.1,8,1,-1,-1,-1\n")
        #expect(try MOTChallenge.parse(text, as: .tracks, name: "own") == records)
    }
}
