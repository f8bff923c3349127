import Foundation
import GRDB
import Testing
import VedetteCore

@testable import VedetteStore

/// Whether what was erased can still be read from the raw files.
@Suite struct ErasureTests {
    @Test(arguments: [Int64(64 << 20), 0])
    func leavesNoNameFaceOrEmbeddingInTheFiles(rewriteLimit: Int64) async throws {
        try await withTemporaryFolder { path in
            let folder = try DataFolder.open(at: path)
            var options = SQLiteStore.Options()
            options.rewriteLimit = rewriteLimit
            let store = try SQLiteStore.open(in: folder, options: options)
            var people: [(id: PersonID, marks: [Data])] = []
            for index in 0..<40 { people.append(try await fill(store, index)) }

            let erased = stride(from: 0, to: 40, by: 3).map { people[$0] }
            for (_, marks) in erased {
                for mark in marks { #expect(try filesContain(mark, folder), "the test must see what is there") }
            }
            for (id, _) in erased { _ = try await store.delete(id) }
            for (_, marks) in erased {
                for mark in marks { #expect(try !filesContain(mark, folder)) }
            }
            for mark in people[1].marks { #expect(try filesContain(mark, folder)) }
            // Only a file that was rewritten as a whole has no unused pages, and no unused parts with old bytes in them.
            #expect(try unusedPages(folder) == 0 || rewriteLimit == 0)
            try await store.close()
        }
    }

    @Test func aRemovedSampleLeavesNothing() async throws {
        try await withTemporaryFolder { path in
            let folder = try DataFolder.open(at: path)
            let store = try SQLiteStore.open(in: folder)
            let anna = try await store.createPerson(name: "Anna")
            let sample = Sample.faceSample(of: anna.id, 5)
            try await store.addSample(sample, jpeg: Sample.jpeg(5, bytes: 9000))
            let marks = [Data(sample.embedding.bytes), Data(Sample.jpeg(5, bytes: 9000).prefix(64))]
            for mark in marks { #expect(try filesContain(mark, folder)) }
            try await store.deleteSample(sample.id, of: anna.id)
            for mark in marks { #expect(try !filesContain(mark, folder)) }
            try await store.close()
        }
    }

    @Test func aReaderInTheWayDelaysOnlyTheLog() async throws {
        try await withTemporaryFolder { path in
            let folder = try DataFolder.open(at: path)
            let store = try SQLiteStore.open(in: folder)
            let (id, marks) = try await fill(store, 0)
            let reader = try OtherReader(folder)
            _ = try await store.delete(id)
            #expect(try await store.person(id) == nil)
            let present = try marks.filter { try filesContain($0, folder) }
            #expect(!present.isEmpty, "the reader still needs the old state")
            try reader.close()
            // Closing catches up, as a later write would.
            try await store.close()
            for mark in marks { #expect(try !filesContain(mark, folder)) }
        }
    }

    /// Rejected as Bob and then said to be Alice: the rejection is of her face, and goes with her.
    @Test func takesAlongWhatOfTheirFaceWasRejectedAsSomebodyElse() async throws {
        let store = try SQLiteStore.inMemory()
        let alice = try await store.createPerson(name: "Alice")
        let bob = try await store.createPerson(name: "Bob")
        let hers = Sample.sighting()
        let foreign = Sample.sighting(from: 5)
        try await store.write([Sample.record(hers, face: 1), Sample.record(foreign, face: 2)])
        _ = try await store.reject(hers.id, as: bob.id, model: Sample.model)
        let kept = try await store.reject(foreign.id, as: bob.id, model: Sample.model)
        _ = try await store.assign(hers.id, to: alice.id)
        #expect(try await store.rejections(of: bob.id).count == 2)
        let version = try await store.galleryContents(model: Sample.model).version
        _ = try await store.delete(alice.id)
        #expect(try await store.rejections(of: bob.id) == [kept], "that of a sighting of nobody stays")
        #expect(try await store.galleryContents(model: Sample.model).version > version)
        try await store.close()
    }

    /// The pipeline hears of an erasure, says that the sighting is nobody's, and that replaces the record which waits,
    /// but not its face.
    @Test func aFaceThatWaitsToBeWrittenDoesNotComeBack() async throws {
        let store = try SQLiteStore.inMemory()
        let alice = try await store.createPerson(name: "Alice")
        let bob = try await store.createPerson(name: "Bob")
        let stranger = Sample.anonymous(1)
        try await store.write([Sample.record(of: stranger, face: 9)])
        let merged = try await store.createPerson(name: "Alice, too")
        _ = try await store.merge(merged.id, into: alice.id)
        for (previous, isErased) in [(alice.id, true), (merged.id, true), (stranger.id, true), (bob.id, false)] {
            if isErased, try await store.person(previous) != nil { _ = try await store.delete(previous) }
            for person in [nil, bob.id] {
                var sighting = Sample.sighting(from: 20)
                var pending = PendingSightings(limits: .init(sightings: 9, pictureBytes: 9999))
                sighting.person = previous
                _ = pending.submit(Sample.record(sighting, face: 3))
                sighting.person = person
                sighting.revision = Sighting.Revision(previous: previous, at: Sample.moment(21))
                _ = pending.submit(Sample.record(sighting))
                let records = pending.take(upTo: 9)
                #expect(records.map { $0.face != nil } == [true], "the test must have a face that waits")
                try await store.write(records)
                #expect(try await store.sighting(sighting.id)?.sighting.person == person)
                #expect(try await store.sighting(sighting.id)?.hasImage == !isErased)
                #expect(try await (store.sightingImage(sighting.id) == nil) == isErased)
            }
        }
        try await store.close()
    }

    /// A person with samples, sightings and a former name; and byte sequences that only they have.
    private func fill(_ store: SQLiteStore, _ index: Int) async throws -> (PersonID, [Data]) {
        let former = "\(Unicode.Scalar(UInt8(97 + index * 7 % 26)))former name \(index) of somebody"
        let name = "\(Unicode.Scalar(UInt8(97 + index * 11 % 26)))present and longer name \(index) of somebody"
        let person = try await store.createPerson(name: former)
        var marks = [Data(name.utf8)]
        for number in 0..<3 {
            let seed = 1000 * index + number
            let embedding = Sample.embedding(seed, length: 512)
            let jpeg = Sample.jpeg(seed, bytes: 5000)
            let sample = FaceSample(
                id: .make(), person: person.id, embedding: embedding, model: "arcface", quality: 1, source: "",
                createdAt: Date())
            try await store.addSample(sample, jpeg: jpeg)
            marks += [
                Data(embedding.bytes.prefix(64)), Data(embedding.bytes.suffix(64)), Data(jpeg.prefix(64)),
                Data(jpeg.suffix(64)),
            ]
        }
        for number in 0..<3 {
            let seed = 1000 * index + 100 + number
            let sighting = Sample.sighting(person: number == 1 ? nil : person.id, from: Double(seed), similarity: 0.5)
            let face = SightingRecord.Face(
                jpeg: Sample.jpeg(seed, bytes: 2000 + 700 * number), embedding: Sample.embedding(seed),
                model: Sample.model)
            try await store.write([SightingRecord(sighting: sighting, face: face)])
            guard number != 1 else { continue }
            marks += [Data(face.jpeg.prefix(64)), Data(face.jpeg.suffix(64)), Data(face.embedding.bytes.prefix(64))]
        }
        _ = try await store.rename(person.id, to: name)
        marks += try await merge(into: person.id, store, index)
        marks += try await reject(person.id, store, index)
        return (person.id, marks)
    }

    /// Somebody who was merged into the person: their name stays in the journal, and what came with them in the
    /// samples.
    private func merge(into person: PersonID, _ store: SQLiteStore, _ index: Int) async throws -> [Data] {
        let seed = 1000 * index + 200
        let merged = "merged name \(index) of somebody who went"
        let source = try await store.createPerson(name: merged)
        try await store.addSample(Sample.faceSample(of: source.id, seed), jpeg: Sample.jpeg(seed, bytes: 3000))
        let stranger = Sample.anonymous(index)
        let record = Sample.record(of: stranger, from: Double(seed), face: seed + 1)
        try await store.write([record])
        _ = try await store.merge(source.id, into: person)
        _ = try await store.merge(stranger.id, into: person)
        return [
            Data(merged.utf8), Data(Sample.embedding(seed).bytes.prefix(64)),
            Data(Sample.jpeg(seed, bytes: 3000).suffix(64)),
            Data(Sample.embedding(seed + 1).bytes.prefix(64)), Data(Sample.jpeg(seed + 1).prefix(64)),
        ]
    }

    /// A face that is not the person's: as long as its sighting is somebody's own, only the rejection goes.
    private func reject(_ person: PersonID, _ store: SQLiteStore, _ index: Int) async throws -> [Data] {
        let seed = 1000 * index + 300
        let sighting = Sample.sighting(from: Double(seed))
        let before = SightingRecord(sighting: sighting, face: Sample.face(seed, model: "arcface"))
        try await store.write([before])
        _ = try await store.reject(sighting.id, as: person, model: "arcface")
        // A better face takes the place of the one that was rejected, which only the rejection has from now on.
        try await store.write([SightingRecord(sighting: sighting, face: Sample.face(seed + 1, model: "arcface"))])
        return try await [Data(Sample.embedding(seed).bytes.prefix(64))]
            + rejectAsAnother(person, store, seed + 2)
    }

    /// A face of the person that was rejected as somebody else's, and of which only that rejection is left.
    private func rejectAsAnother(_ person: PersonID, _ store: SQLiteStore, _ seed: Int) async throws -> [Data] {
        let other = try await store.createPerson(name: "Other")
        let sighting = Sample.sighting(from: Double(seed))
        try await store.write([SightingRecord(sighting: sighting, face: Sample.face(seed, model: "arcface"))])
        _ = try await store.reject(sighting.id, as: other.id, model: "arcface")
        try await store.write([SightingRecord(sighting: sighting, face: Sample.face(seed + 1, model: "arcface"))])
        _ = try await store.assign(sighting.id, to: person)
        return [seed, seed + 1].map { Data(Sample.embedding($0).bytes.prefix(64)) }
    }

    private func unusedPages(_ folder: DataFolder) throws -> Int? {
        try DatabaseQueue(path: folder.databasePath).read { try Int.fetchOne($0, sql: "PRAGMA freelist_count") }
    }

    private func filesContain(_ mark: Data, _ folder: DataFolder) throws -> Bool {
        for suffix in ["", "-wal"] {
            let url = URL(fileURLWithPath: folder.databasePath + suffix)
            guard FileManager.default.fileExists(atPath: url.path) else { continue }
            if try Data(contentsOf: url).range(of: mark) != nil { return true }
        }
        return false
    }
}

/// Another program that keeps reading the state that it found.
private struct OtherReader {
    private let queue: DatabaseQueue

    init(_ folder: DataFolder) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: folder.databasePath, configuration: configuration)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN")
            _ = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM person")
        }
    }

    func close() throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        try queue.close()
    }
}
