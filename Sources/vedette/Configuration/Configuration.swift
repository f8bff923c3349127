import VedetteCore

/// Everything that can be set. `vedette.yaml` in the repository root is the reference: what each key does, and its default.
struct Configuration: Sendable, Hashable {
    struct Server: Sendable, Hashable {
        var host = "127.0.0.1"
        var port = 8080
        var allowedHosts = ""
        var console = ""
    }

    struct Models: Sendable, Hashable {
        var pack = "scrfd-sface"
        var precision = "auto"
    }

    struct Analysis: Sendable, Hashable {
        var workers = 0
        var detectionSize = 640
        var minimumScore = 0.15
        var rate = 0.0
        var idleInterval = 0.5
        var motionThreshold = 2.5
        var detectionRate = 0.0
    }

    struct Tracking: Sendable, Hashable {
        var tracker = "bytetrack"
        var highScore = 0.5
        var lostSeconds = 1.0
        var appearance = "doubt"
        var appearanceWeight = 0.5
    }

    struct Recognition: Sendable, Hashable {
        var falsePositiveRate = 0.005
        var margin = 0.04
        var minimumQuality = 0.1
        var retryFrames = 10
        var recheckSeconds = 3.0
        var maximumPerFrame = 2
    }

    struct Identity: Sendable, Hashable {
        var rememberUnknown = true
        var anonymousDays = 30
        var anonymousQuality = 0.3
        var returnSeconds = 300.0
    }

    struct Enrolment: Sendable, Hashable {
        var minimumWidth = 40
        var minimumQuality = 0.25
    }

    struct Live: Sendable, Hashable {
        var width = 1280
        var quality = 80
    }

    struct CameraLife: Sendable, Hashable {
        var stallAfter = 2.0
        var connectTimeout = 10.0
        var maximumDelay = 30.0
        var loopFiles = true
    }

    struct DeclaredCamera: Sendable, Hashable {
        var id: CameraID
        var name: String
        var uri: SourceURI
        var enabled = true
        /// Nil takes `tracking.tracker`.
        var tracker: String?
    }

    struct Log: Sendable, Hashable {
        var level = "info"
    }

    var data = "vedette-data"
    var server = Server()
    var models = Models()
    var analysis = Analysis()
    var tracking = Tracking()
    var recognition = Recognition()
    var identity = Identity()
    var enrolment = Enrolment()
    var live = Live()
    var camera = CameraLife()
    var log = Log()
    var cameras: [DeclaredCamera] = []
}
