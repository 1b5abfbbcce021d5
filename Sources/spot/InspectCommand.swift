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

  @Flag(help: "Tell how a model's operators lie in time: reaches, delays and ring memory.")
  var temporal = false

  func run() throws {
    var inspector = Inspector()
    inspector.listsTensors = tensors
    inspector.tellsTime = temporal
    try StandardOutput.write(inspector.inspect(path))
  }
}
