import ArgumentParser
import Service

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Tells what a checkpoint, a model folder or a video holds.")

  @Argument(help: ArgumentHelp("The file or folder.", valueName: "path"))
  var path: String

  @Flag(help: "List every tensor of a checkpoint rather than the network's parts.")
  var tensors = false

  func run() throws {
    var inspector = Inspector()
    inspector.listsTensors = tensors
    try StandardOutput.write(inspector.inspect(path))
  }
}
