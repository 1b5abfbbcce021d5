/// A setting's value as it was written, and where.
package struct SettingValue: Sendable, Equatable {
  package let text: String
  /// For error messages: `--bind`, `SPOTD_BIND`, `court.yaml:3: bind` or `default bind`.
  package let origin: String
}

extension SettingValue {
  /// The error for a value that is not `expected`. Wrong flags are wrong arguments; what comes from a file or the
  /// environment is configuration.
  func error(_ expected: String) -> ServiceError {
    let line = "\(origin): '\(text.prefix(200))' is not \(expected)"
    return origin.hasPrefix("--") ? .argument(line) : .configuration(line)
  }

  func text(_ expected: String) throws(ServiceError) -> String {
    if text.isEmpty { throw error(expected) }
    return text
  }

  func integer(_ range: ClosedRange<Int>) throws(ServiceError) -> Int {
    guard let value = Int(text), range.contains(value) else {
      throw error("a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// The ends of `range` are whole numbers.
  func number(_ range: ClosedRange<Double>) throws(ServiceError) -> Double {
    guard let value = Double(text), range.contains(value) else {
      throw error("a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))")
    }
    return value
  }

  func flag() throws(ServiceError) -> Bool {
    guard let value = Bool(text) else { throw error("true or false") }
    return value
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    of type: Choice.Type = Choice.self
  ) throws(ServiceError) -> Choice where Choice.RawValue == String {
    guard let value = Choice(rawValue: text) else {
      throw error("one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }
}
