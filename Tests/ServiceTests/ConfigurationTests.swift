import Foundation
import Service
import Testing

@Suite("settings")
struct ConfigurationTests {
  @Test("keys, flags and variables come from one definition")
  func names() {
    #expect(DaemonSetting.nmsWindow.key == "nms-window")
    #expect(DaemonSetting.nmsWindow.flag == "--nms-window")
    #expect(DaemonSetting.nmsWindow.variable == "SPOTD_NMS_WINDOW")
  }

  @Test("docs/operations.md lists every setting under its flag, variable and key")
  func documentation() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "docs/operations.md"), encoding: .utf8)
    for setting in DaemonSetting.allCases {
      #expect(page.contains("| `\(setting.flag)` | `\(setting.variable)` | `\(setting.key)` | "))
    }
  }

  @Test("every default is a value that is accepted")
  func defaults() throws {
    let configuration = try DaemonConfiguration(flags: [.input: "a.mp4", .stream: "s"])
    #expect(configuration.threshold == 0.2)
    #expect(configuration.nmsWindow == nil)
    #expect(configuration.startPadding == 5)
    #expect(configuration.endpoint == "tcp://127.0.0.1:5570")
    #expect(!configuration.isRealtime)
    #expect(configuration.subscriberWait == .zero)
  }

  @Test(
    "a mistyped key finds the one that was meant",
    arguments: [
      ("inptu", "input"), ("startpadding", "start-padding"), ("START_PADDING", "start-padding"), ("bin", "bind"),
      ("endpoint", nil), ("x", nil), ("", nil),
    ])
  func nearMatch(word: String, expected: String?) {
    #expect(nearest(to: word, among: DaemonSetting.allCases.map(\.key)) == expected)
  }

  @Test(
    "log values are quoted where they would not be one word",
    arguments: [
      ("plain", "plain"), ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""), ("a\nb", #""a\nb""#),
      ("\u{1B}[2J", #""\u001b[2J""#), ("q\"", #""q\"""#), ("é", "é"),
    ])
  func quoting(value: String, line: String) { #expect(LineLogHandler.quoted(value) == line) }
}
