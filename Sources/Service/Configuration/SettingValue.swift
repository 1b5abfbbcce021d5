/// A setting's value as it was written, and where.
package struct SettingValue: Sendable, Equatable {
  package let text: String
  /// For error messages: `--bind`, `SPOTD_BIND`, `court.yaml:3: bind` or `default bind`.
  package let origin: String
}

extension SettingValue {
  /// As a YAML file has it.
  var yaml: String {
    let isPlain =
      text.unicodeScalars.first.map { !"!&*-?|>@`%#'\"[]{},:~".unicodeScalars.contains($0) } == true
      && text.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 && $0 != "\\" } && !text.hasSuffix(":")
      && text.lowercased() != "null"
    return isPlain ? text : LineLogHandler.json(text)
  }

  /// The error for a value that is not `expected`. Wrong flags are wrong arguments; what comes from a file or the
  /// environment is configuration.
  func error(_ expected: String) -> ServiceError { refusal("'\(text.prefix(200))' is not \(expected)") }

  /// The error for a value that is wrong because of `problem`.
  func refusal(_ problem: String) -> ServiceError {
    let line = "\(origin): \(problem)"
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

  /// More than 0; `most` is a whole number.
  func positiveNumber(upTo most: Double) throws(ServiceError) -> Double {
    guard let value = Double(text), value > 0, value <= most else {
      throw error("a number above 0, up to \(Int(most))")
    }
    return value
  }

  /// Seconds of a time written as `400ms` or `1.5s`, more than 0 and up to `longest` seconds.
  func duration(longest: Double) throws(ServiceError) -> Double {
    let units: [(suffix: String, aSecond: Double)] = [("ms", 1_000), ("s", 1)]
    // Divided: what a person writes as 0.102 is not 102 times what is written as 0.001.
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
      let count = Double(text.dropLast(unit.suffix.count)), count > 0, count / unit.aSecond <= longest
    else { throw error("a time such as 400ms or 1.5s, up to \(Int(longest))s") }
    return count / unit.aSecond
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
