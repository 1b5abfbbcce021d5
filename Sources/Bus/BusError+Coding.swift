extension BusError {
  /// One line saying what a JSON coder found wrong and where.
  static func invalidMessage(describing error: any Error) -> BusError {
    func place(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "" : path.map(\.stringValue).joined(separator: ".") + ": "
    }
    let reason: String
    switch error {
    case BusError.invalidMessage(let itself): reason = itself
    case let error as BusError: reason = error.description
    case DecodingError.keyNotFound(let key, let context): reason = place(context.codingPath + [key]) + "is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      reason = place(context.codingPath) + context.debugDescription
    case EncodingError.invalidValue(_, let context): reason = place(context.codingPath) + context.debugDescription
    default: reason = "\(error)"
    }
    return .invalidMessage(reason: reason)
  }
}
