import Foundation
import Testing

@Suite("manual pages and completions")
struct ManualTests {
  private func page(_ program: Program, _ section: Int) throws -> String {
    let result = try Tool.run(Tool.script("make-man"), [try program.path, "\(section)"])
    try #require(result.status == 0, "\(result.errors)")
    return result.output
  }

  @Test("the page of a program names every option and subcommand", arguments: [(Program.spotd, 8), (Program.spot, 1)])
  func complete(program: Program, section: Int) throws {
    let page = try page(program, section)
    let dump = Data(try program.run(["--experimental-dump-help"]).output.utf8)
    let root = try #require(try JSONSerialization.jsonObject(with: dump) as? [String: Any])
    var commands = [try #require(root["command"] as? [String: Any])]
    var options = 0
    while let command = commands.popLast() {
      if command["shouldDisplay"] as? Bool == false || command["commandName"] as? String == "help" { continue }
      if let abstract = command["abstract"] as? String { #expect(page.contains(abstract.prefix(20))) }
      for argument in command["arguments"] as? [[String: Any]] ?? [] where argument["shouldDisplay"] as? Bool == true {
        guard let name = (argument["preferredName"] as? [String: Any])?["name"] as? String else { continue }
        options += 1
        #expect(page.contains("Fl \"\\&\\-\(name.replacing("-", with: "\\-"))\""), "\(name)")
      }
      commands += command["subcommands"] as? [[String: Any]] ?? []
    }
    #expect(options > 20)
  }

  @Test("man has nothing to complain of", arguments: [(Program.spotd, 8), (Program.spot, 1)])
  func clean(program: Program, section: Int) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).\(section)")
    defer { try? FileManager.default.removeItem(at: file) }
    try page(program, section).write(to: file, atomically: true, encoding: .utf8)
    let lint = try Tool.run("/usr/bin/mandoc", ["-T", "lint", "-W", "warning", file.path])
    #expect(lint.status == 0)
    #expect(lint.output == "")
    // Bold letters are printed twice, one over the other.
    let shown = try Tool.run("/usr/bin/mandoc", ["-T", "ascii", file.path]).output.replacing(/.\u{8}/, with: "")
    for title in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "FILES", "EXIT STATUS", "SEE ALSO"] {
      #expect(shown.contains("\n\(title)\n"), "\(title)")
    }
  }

  @Test("bash reads the completions", arguments: [Program.spotd, Program.spot])
  func completions(program: Program) throws {
    let script = try program.run(["--generate-completion-script", "bash"]).output
    #expect(script.contains("--help"))
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-n"]
    let result = try ProgramRun(process, input: script).finish()
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test("a page of something else is refused")
  func refused() throws {
    let result = try Tool.run(Tool.script("make-man"), ["/bin/true", "1"])
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("make-man: /bin/true: "))
    #expect(result.errorLines.count == 1)
  }
}
