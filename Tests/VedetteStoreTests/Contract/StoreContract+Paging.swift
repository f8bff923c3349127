import Foundation
import Testing
import VedetteCore

extension StoreContract {
    static let paging = [
        Clause("pages of people are in order, complete and without repetition") { store in
            let names = (0..<25).map { ["anna", "Bert", "ÇELİK", "Dora", "émile"][$0 % 5] + ($0 < 10 ? "" : " \($0)") }
            for name in names { _ = try await store.createPerson(name: name) }
            let all = try await everyPerson(store, limit: 1000)
            #expect(all.count == 25)
            for limit in [1, 2, 7, 24, 25, 26] { #expect(try await everyPerson(store, limit: limit) == all) }
            #expect(all.first?.name == "anna")
            #expect(all.map(\.name).filter { $0 == "Bert" }.count == 2)
        },
        Clause("the last page has no successor") { store in
            for index in 0..<4 { _ = try await store.createPerson(name: "p\(index)") }
            #expect(try await store.people(search: nil, page: PageRequest(limit: 4)).next == nil)
            #expect(try await store.people(search: nil, page: PageRequest(limit: 3)).next != nil)
            #expect(try await store.sightings(SightingFilter(), page: PageRequest(limit: 1)).next == nil)
        },
        Clause("paging through people goes on where it was when people come and go") { store in
            for name in ["b", "d", "f", "h"] { _ = try await store.createPerson(name: name) }
            let first = try await store.people(search: nil, page: PageRequest(limit: 2))
            #expect(first.items.map(\.name) == ["b", "d"])
            _ = try await store.createPerson(name: "a")
            _ = try await store.createPerson(name: "e")
            _ = try await store.delete(first.items[1].id)
            let second = try await store.people(search: nil, page: PageRequest(cursor: first.next, limit: 9))
            #expect(second.items.map(\.name) == ["e", "f", "h"])
        },
        Clause("paging through sightings is stable while new ones come, also within one moment") { store in
            let same = (0..<30).map { Sample.sighting(from: Double($0 / 10)) }
            try await store.write(same.map { Sample.record($0) })
            let all = try await store.sightings(SightingFilter(), page: PageRequest(limit: 1000)).items
            var seen: [SightingEntry] = []
            var cursor: String?
            repeat {
                let page = try await store.sightings(SightingFilter(), page: PageRequest(cursor: cursor, limit: 7))
                seen += page.items
                cursor = page.next
                try await store.write([Sample.record(Sample.sighting(from: 100 + Double(seen.count)))])
            } while cursor != nil
            #expect(seen == all)
            #expect(all.map(\.sighting.firstSeen) == all.map(\.sighting.firstSeen).sorted(by: >))
        },
        Clause("a filter and a search hold over all pages") { store in
            for index in 0..<9 {
                _ = try await store.createPerson(name: index % 2 == 0 ? "even \(index)" : "odd \(index)")
            }
            let records = (0..<20).map { index in
                Sample.record(Sample.sighting(camera: index % 2 == 0 ? "door" : "yard", from: Double(index)))
            }
            try await store.write(records)
            #expect(try await everyPerson(store, search: "EVEN", limit: 2).count == 5)
            var cursor: String?
            var count = 0
            repeat {
                let page = try await store.sightings(
                    SightingFilter(camera: CameraID("yard"), from: Sample.moment(3)),
                    page: PageRequest(cursor: cursor, limit: 3))
                #expect(page.items.allSatisfy { $0.sighting.camera.rawValue == "yard" })
                count += page.items.count
                cursor = page.next
            } while cursor != nil
            #expect(count == 9)
        },
        Clause("a malformed cursor or limit is refused") { store in
            for index in 0..<3 {
                _ = try await store.createPerson(name: "p\(index)")
                try await store.write([Sample.record(Sample.sighting(from: Double(index)))])
            }
            let people = try #require(try await store.people(search: nil, page: PageRequest(limit: 1)).next)
            let sightings = try #require(try await store.sightings(SightingFilter(), page: PageRequest(limit: 1)).next)
            let forged = [
                "", "x", "%%%", "../..", "' OR 1=1", people + "A", String(sightings.prefix(6)),
                String(repeating: "A", count: 100_000),
            ]
            for cursor in forged + [sightings] {
                await expectStoreError(.invalid) {
                    _ = try await store.people(search: nil, page: PageRequest(cursor: cursor))
                }
            }
            for cursor in forged + [people] {
                await expectStoreError(.invalid) {
                    _ = try await store.sightings(SightingFilter(), page: PageRequest(cursor: cursor))
                }
            }
            for limit in [0, -1, 1001, .max, .min] {
                await expectStoreError(.invalid) {
                    _ = try await store.people(search: nil, page: PageRequest(limit: limit))
                }
                await expectStoreError(.invalid) {
                    _ = try await store.sightings(SightingFilter(), page: PageRequest(limit: limit))
                }
            }
        },
    ]

    static let concurrency = [
        Clause("many tasks write and read at once and nothing is lost") { store in
            let anna = try await store.createPerson(name: "Anna")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        for batch in 0..<10 {
                            let records = (0..<20).map { index in
                                Sample.record(
                                    Sample.sighting(
                                        camera: "c\(worker)", person: anna.id, from: Double(batch * 20 + index)),
                                    face: index == 0 ? batch : nil)
                            }
                            try await store.write(records)
                        }
                    }
                    group.addTask {
                        for index in 0..<10 {
                            try await store.addSample(
                                Sample.faceSample(of: anna.id, worker * 100 + index), jpeg: Sample.jpeg(index))
                        }
                    }
                    group.addTask {
                        for _ in 0..<20 {
                            let page = try await store.sightings(
                                SightingFilter(person: anna.id), page: PageRequest(limit: 50))
                            #expect(page.items.allSatisfy { $0.personName == "Anna" })
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.galleryContents(model: Sample.model).entries.count == 80)
            var cursor: String?
            var ids = Set<SightingID>()
            repeat {
                let page = try await store.sightings(SightingFilter(), page: PageRequest(cursor: cursor, limit: 1000))
                ids.formUnion(page.items.map(\.sighting.id))
                cursor = page.next
            } while cursor != nil
            #expect(ids.count == 1600)
        },
        Clause("the gallery read at a version always has the samples of that version") { store in
            let anna = try await store.createPerson(name: "Anna")
            let base = try await store.galleryContents(model: Sample.model).version
            async let writing: Void = {
                for index in 0..<50 { try await store.addSample(Sample.faceSample(of: anna.id, index), jpeg: []) }
            }()
            for _ in 0..<50 {
                let contents = try await store.galleryContents(model: Sample.model)
                // Each sample moved the version by the same step, in its own transaction.
                #expect(Int64(contents.entries.count) == contents.version - base)
            }
            try await writing
        },
        Clause("a change goes through although its task was cancelled") { store in
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await store.createPerson(name: "Anna")
            }
            task.cancel()
            let anna = try await task.value
            #expect(try await store.person(anna.id) == anna)
        },
    ]

    private static func everyPerson(_ store: any Store, search: String? = nil, limit: Int) async throws -> [Person] {
        var people: [Person] = []
        var cursor: String?
        repeat {
            let page = try await store.people(search: search, page: PageRequest(cursor: cursor, limit: limit))
            people += page.items
            cursor = page.next
        } while cursor != nil
        return people
    }
}
