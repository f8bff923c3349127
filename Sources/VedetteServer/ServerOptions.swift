/// Where and how the server listens.
package struct ServerOptions: Sendable {
    /// The address to listen on. The default is reachable from this machine only; any other address opens the console
    /// to everyone who can reach it.
    package var host: String
    /// 0 lets the system choose a free one.
    package var port: Int
    /// The folder of the web console; nil looks for it, see ``ConsoleFolder``.
    package var consoleFolder: String?
    /// The largest request body in bytes. Raising it lets more or larger photos be sent at once and costs as much
    /// memory per request.
    package var bodyLimit: Int
    /// How many may watch one camera's stream at the same time. Each costs the bandwidth of the pictures.
    package var viewersPerCamera: Int
    /// How many may listen to events at the same time. Each costs a connection and the memory of the events on their
    /// way.
    package var eventListeners: Int
    /// Host names besides the loopback's own under which a loopback listener may be reached, as through a reverse
    /// proxy.
    package var allowedHosts: [String]

    package init(
        host: String = "127.0.0.1", port: Int = 8080, consoleFolder: String? = nil, bodyLimit: Int = 32 << 20,
        viewersPerCamera: Int = 64, eventListeners: Int = 64, allowedHosts: [String] = []
    ) {
        self.host = host
        self.port = port
        self.consoleFolder = consoleFolder
        self.bodyLimit = bodyLimit
        self.viewersPerCamera = viewersPerCamera
        self.eventListeners = eventListeners
        self.allowedHosts = allowedHosts
    }
}
