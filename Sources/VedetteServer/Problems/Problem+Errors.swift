import Hummingbird
import VedetteCore
import VedettePipeline

extension Problem {
    /// How an error from below is told to a client. Errors that describe themselves keep their words; of any other only
    /// that it happened is told, and the log has the rest.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let refusal as EnrolmentRefusal:
            self.init(.enrolmentRefused, refusal.message, remedy: refusal.remedy, code: refusal.code)
        case let failure as StoreError: self.init(Kind(failure.code), failure.message, remedy: failure.remedy)
        case let failure as SourceFailure:
            self.init(.invalidValue, failure.message, remedy: failure.remedy, code: failure.reason.rawValue)
        case let name as Person.InvalidName: self.init(.invalidValue, name.reason)
        case let failure as any DescribedError:
            self.init(failure.isRetriable ? .unavailable : .internalError, failure.message, remedy: failure.remedy)
        case let error as HTTPError:
            self.init(Kind(error.status), error.body ?? "the request was refused: \(error.status.reasonPhrase)")
            status = error.status
        case let error as any HTTPResponseError:
            self.init(Kind(error.status), "the request was refused: \(error.status.reasonPhrase)")
            status = error.status
        default:
            self.init(.internalError, "something went wrong inside the server", remedy: "the server's log has details")
        }
    }
}

extension Problem.Kind {
    init(_ code: StoreError.Code) {
        switch code {
        case .notFound: self = .notFound
        case .invalid: self = .invalidValue
        case .conflict: self = .conflict
        case .unavailable, .locked: self = .unavailable
        case .unusable: self = .internalError
        }
    }

    init(_ status: HTTPResponse.Status) {
        switch status {
        case .notFound: self = .notFound
        case .methodNotAllowed: self = .methodNotAllowed
        case .contentTooLarge: self = .bodyTooLarge
        case .unsupportedMediaType: self = .unsupportedMediaType
        case .serviceUnavailable: self = .unavailable
        default: self = status.kind == .serverError ? .internalError : .refused
        }
    }
}
