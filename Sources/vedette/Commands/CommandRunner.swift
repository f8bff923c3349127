import ArgumentParser
import CMemory
import Foundation
import VedetteCore

/// Runs a command's work and turns its errors into a line on standard error and an exit status.
enum CommandRunner {
    static func run(_ work: () async throws -> Void) async throws {
        vm_bound_allocator()
        signal(SIGPIPE, SIG_IGN)
        do {
            try await work()
        } catch let exit as ExitCode {
            throw exit
        } catch let usage as ValidationError {
            throw usage
        } catch {
            Console.note("vedette: " + Console.describe(error))
            throw ExitCode.failure
        }
    }
}
