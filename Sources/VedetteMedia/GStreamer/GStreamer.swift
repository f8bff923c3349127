import CGStreamer
package import VedetteCore

/// The media library underneath.
package enum GStreamer {
    /// Starts the library; cheap after the first time, which may take a second while it looks at its plugins.
    ///
    /// - Throws: ``SourceFailure`` when the installation is broken.
    package static func start() throws(SourceFailure) {
        if let problem = vg_start() {
            throw SourceFailure(
                .missingPlugin, "GStreamer does not start: \(String(cString: problem))",
                remedy: "install the Debian package libgstreamer1.0-0 anew", isRetriable: false)
        }
    }

    /// Whether elements of this kind can be made: their plugin is installed.
    package static func has(element: String) -> Bool {
        vg_start() == nil && vg_has_element(element)
    }
}
