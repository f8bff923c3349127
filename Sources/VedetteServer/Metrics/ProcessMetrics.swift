import Foundation
import Glibc

/// What Prometheus' own client libraries tell of a process, under the same names, from `/proc`.
enum ProcessMetrics {
    static func read() -> [MetricFamily] {
        var families: [MetricFamily] = []
        let stat = status()
        if let time = processorTime(stat) {
            let help = "Processor time of the process, in seconds."
            families.append(MetricFamily("process_cpu_seconds_total", .counter, help: help, samples: [.init(time)]))
        }
        func gauge(_ name: String, _ help: String, _ value: Double?) {
            if let value { families.append(MetricFamily(name, .gauge, help: help, samples: [.init(value)])) }
        }
        let pages = words(of: "/proc/self/statm")
        gauge("process_resident_memory_bytes", "Memory in use, in bytes.", bytes(pages, at: 1))
        gauge("process_virtual_memory_bytes", "Addresses in use, in bytes.", bytes(pages, at: 0))
        gauge("process_open_fds", "Open file descriptors.", openDescriptors())
        gauge("process_max_fds", "The largest number of open file descriptors.", descriptorLimit())
        gauge("process_start_time_seconds", "Start of the process, in seconds since 1970.", startTime)
        return families
    }

    /// The fields of the process's `stat` from the third on (proc(5)): behind the name, which may hold anything.
    private static func status() -> [Substring] {
        guard let stat = text(of: "/proc/self/stat"), let name = stat.lastIndex(of: ")") else { return [] }
        return stat[stat.index(after: name)...].split(separator: " ")
    }

    /// Fields 14 and 15: ticks in the program and in the system for it.
    private static func processorTime(_ stat: [Substring]) -> Double? {
        guard stat.count > 12, let own = Double(stat[11]), let system = Double(stat[12]) else { return nil }
        return (own + system) / ticksPerSecond
    }

    private static let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))

    private static func bytes(_ pages: [Substring], at index: Int) -> Double? {
        guard pages.indices.contains(index), let count = Double(pages[index]) else { return nil }
        return count * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func openDescriptors() -> Double? {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") else { return nil }
        // One of them was open only for this look.
        return Double(max(0, names.count - 1))
    }

    private static func descriptorLimit() -> Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Double(limit.rlim_cur)
    }

    /// The time of boot and the ticks from there to the start of the process, field 22.
    private static let startTime: Double? = {
        let fields = status()
        let boot = (text(of: "/proc/stat") ?? "").split(separator: "\n").first { $0.hasPrefix("btime ") }
        guard fields.count > 19, let ticks = Double(fields[19]), let boot, let since = Double(boot.dropFirst(6)) else {
            return nil
        }
        return since + ticks / ticksPerSecond
    }()

    private static func words(of path: String) -> [Substring] { (text(of: path) ?? "").split(separator: " ") }
    private static func text(of path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
