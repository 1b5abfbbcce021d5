import ArgumentParser
import Service

struct KeygenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Makes a key pair for an encrypted bus (CURVE).",
    discussion: """
      Writes the secret key to a new file that only you can read, and prints the public key: of the daemon to give to clients, \
      of a client for the daemon's list.
      """)

  @Argument(help: ArgumentHelp("Where to write the secret key; must not exist yet.", valueName: "file"))
  var file: String

  func run() throws { try StandardOutput.write("\(KeyPair.make(file))\n") }
}
