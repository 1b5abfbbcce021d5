/// What is sent for a request.
package struct HTTPAnswer: Sendable, Equatable {
  /// The few codes that are sent.
  package enum Status: Int, Sendable {
    case ok = 200
    case badRequest = 400
    case notFound = 404
    case methodNotAllowed = 405
    case tooLarge = 431
    case unavailable = 503

    var reason: String {
      switch self {
      case .ok: "OK"
      case .badRequest: "Bad Request"
      case .notFound: "Not Found"
      case .methodNotAllowed: "Method Not Allowed"
      case .tooLarge: "Request Header Fields Too Large"
      case .unavailable: "Service Unavailable"
      }
    }
  }

  package static let plainText = "text/plain; charset=utf-8"

  package let status: Status
  package let text: String
  package let contentType: String

  package init(_ status: Status, _ text: String, contentType: String = HTTPAnswer.plainText) {
    self.status = status
    self.text = text
    self.contentType = contentType
  }

  /// The whole message; without its body for HEAD. The connection ends with it.
  func bytes(isHead: Bool) -> [UInt8] {
    let allow = status == .methodNotAllowed ? "Allow: GET, HEAD\r\n" : ""
    let head = """
      HTTP/1.1 \(status.rawValue) \(status.reason)\r
      Content-Type: \(contentType)\r
      Content-Length: \(text.utf8.count)\r
      Cache-Control: no-store\r
      \(allow)Connection: close\r
      \r\n
      """
    return Array(head.utf8) + (isHead ? [] : Array(text.utf8))
  }
}
