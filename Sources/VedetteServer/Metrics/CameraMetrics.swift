import VedetteCore
import VedettePipeline

/// The cameras' counters and states, read from the hub when Prometheus asks.
enum CameraMetrics {
    static func read(_ hub: LiveHub) -> [MetricFamily] {
        let cameras = hub.statuses()
        func family(
            _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: (CameraStatus) -> Double?
        ) -> MetricFamily {
            MetricFamily(
                "vedette_camera_\(name)", kind, help: help,
                samples: cameras.compactMap { status in
                    value(status).map { .init($0, labels: ["camera": status.camera.id.rawValue]) }
                })
        }
        let states = cameras.flatMap { status in
            CameraState.allCases.map { state in
                MetricFamily.Sample(
                    status.state == state ? 1 : 0,
                    labels: ["camera": status.camera.id.rawValue, "state": state.rawValue])
            }
        }
        return [
            family("frames_received_total", .counter, "Frames that came in.") { Double($0.received) },
            family("frames_replaced_total", .counter, "Frames that a newer one replaced before they were analysed.") {
                Double($0.replaced)
            },
            family("frames_analysed_total", .counter, "Frames that went through the chain.") { Double($0.analysed) },
            family("latency_seconds", .gauge, "Capture to finished view of the newest analysed frame.") { $0.latency },
            family("viewers", .gauge, "Streams of the camera that are watched.") {
                Double(hub.viewerCount(of: $0.camera.id))
            },
            MetricFamily(
                "vedette_camera_state", .gauge, help: "1 for the state the camera is in, 0 for the others.",
                samples: states),
        ]
    }
}
