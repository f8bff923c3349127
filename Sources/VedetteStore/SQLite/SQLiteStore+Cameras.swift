import GRDB
package import VedetteCore

extension SQLiteStore {
    package func cameras() async throws -> [Camera] {
        try await read { try Self.cameras($0, "ORDER BY created_at, id", []) }
    }

    package func camera(_ id: CameraID) async throws -> Camera? {
        try await read { try Self.cameras($0, "WHERE id = ?", [id.rawValue]).first }
    }

    package func save(_ camera: Camera) async throws {
        // A text in a database ends at a zero byte.
        guard !camera.name.utf8.contains(0), !camera.uri.secret.utf8.contains(0) else {
            throw StoreError(.invalid, "name and address of camera \(camera.id) must not hold a zero character")
        }
        try await change { db in
            try db.execute(
                sql: """
                    INSERT INTO camera (id, name, uri, enabled, tracker, created_at) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET
                        name = excluded.name, uri = excluded.uri, enabled = excluded.enabled,
                        tracker = excluded.tracker, created_at = excluded.created_at
                    """,
                arguments: [
                    camera.id.rawValue, camera.name, camera.uri.secret, camera.enabled, camera.tracker,
                    Timestamp(camera.createdAt).microseconds,
                ])
        }
    }

    package func deleteCamera(_ id: CameraID) async throws -> Bool {
        try await change { db in
            try db.execute(sql: "DELETE FROM camera WHERE id = ?", arguments: [id.rawValue])
            return db.changesCount == 1
        }
    }

    private static func cameras(
        _ db: Database, _ clause: String, _ arguments: StatementArguments
    ) throws -> [Camera] {
        try Row.fetchAll(
            db, sql: "SELECT id, name, uri, enabled, tracker, created_at FROM camera \(clause)", arguments: arguments
        ).map { row in
            Camera(
                id: try identifier(row[0]), name: row[1], uri: SourceURI(row[2]), enabled: row[3],
                tracker: row[4], createdAt: Timestamp(microseconds: row[5]).date)
        }
    }
}
