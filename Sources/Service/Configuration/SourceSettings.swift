package import Video

/// What was asked of how a stream's source is opened, read and found again.
package struct SourceSettings: Sendable {
  package let options: SourceOptions

  /// Seconds. Who waits longer waits for ever.
  private static let longestTime = 86_400.0

  init(_ sources: SettingSources) throws(ServiceError) {
    var options = SourceOptions()
    options.watchesContinuity = true
    options.openTimeout = try sources.value(of: .openTimeout)?.duration(longest: Self.longestTime)
    options.stallTimeout = try sources.value(of: .stallTimeout)?.duration(longest: Self.longestTime)
    if let value = sources.value(of: .reconnect) {
      options.retry = value.text == "never" ? .never : .atMost(try value.duration(longest: Self.longestTime))
    }
    if let value = sources.value(of: .sourceOption) { options.native = try Self.pairs(value) }
    options.deinterlacing = try sources[.deinterlace].choice()
    self.options = options
  }

  /// The options in `name=value name=value …`.
  private static func pairs(_ value: SettingValue) throws(ServiceError) -> [String: String] {
    var pairs: [String: String] = [:]
    for (index, word) in value.text.split(separator: " ").enumerated() {
      guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
        // Not the word itself: it may be part of a passphrase.
        throw value.refusal(
          "word \(index + 1) is no option such as in 'rtsp_transport=tcp buffer_size=1000000'")
      }
      let name = String(word[..<equals])
      if pairs.updateValue(String(word[word.index(after: equals)...]), forKey: name) != nil {
        throw value.refusal("gives '\(name)' twice")
      }
    }
    return pairs
  }

  /// The options as they may be shown: without the values of those whose names tell of a secret.
  static func withoutSecretValues(_ text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false).map { word in
      guard let equals = word.firstIndex(of: "=") else { return String(word) }
      let isSecret = word[..<equals].contains(/pass|key|secret/.ignoresCase())
      return isSecret ? word[...equals] + "***" : withoutSecrets(String(word))
    }.joined(separator: " ")
  }
}
