/// A configuration file with every setting, made of their definitions.
public enum ExampleConfiguration {
  private static let lineLength = 100

  /// The file's text. As it stands it gives an input and a stream's name; every other setting is a comment.
  public static var text: String {
    let head = """
      # Settings of spotd. Those behind a '#' are examples; without it they are in force. What is not given has the
      # default that stands behind it. Flags and SPOTD_… variables win over this file; 'spotd --check-config' checks it.
      # This file is what 'spotd --print-example-config' prints.

      """
    return head + section("The stream", of: .stream) + section("The daemon", of: .daemon) + severalStreams
  }

  private static func section(_ title: String, of scope: SettingDefinition.Scope) -> String {
    let settings = DaemonSetting.allCases.filter { $0.definition.scope == scope }
    return "\n## \(title)\n" + settings.map(entry).joined()
  }

  private static func entry(_ setting: DaemonSetting) -> String {
    let isRequired: Bool
    if case .required = setting.definition.fallback { isRequired = true } else { isRequired = false }
    let line = "\(setting.key): \(setting.definition.example)"
    return "\n" + comment(setting.help) + (isRequired ? "" : "#") + line + "\n"
  }

  /// `text` in lines of comments.
  private static func comment(_ text: String) -> String {
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + word.count < lineLength {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { "# \($0)\n" }.joined()
  }

  private static let severalStreams = """

    ## Several streams in one process, instead of 'input' and 'stream' above
    #
    # Each has the settings of a stream below its name; what it does not give is taken from above.
    #streams:
    #  court1:
    #    input: rtsp://camera1.example/stream
    #    latency-budget: 400ms
    #  court2:
    #    input: rtsp://camera2.example/stream
    #    threshold: 0.3

    """
}
