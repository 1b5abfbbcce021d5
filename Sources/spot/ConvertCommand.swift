public import ArgumentParser
import Service
public import Tensors

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Rewrites a checkpoint as safetensors.")

  @Argument(help: ArgumentHelp("The checkpoint: a .pt file of any age, or safetensors.", valueName: "W.pt"))
  var source: String

  @Argument(help: ArgumentHelp("The file to write.", valueName: "W.safetensors"))
  var destination: String

  @Option(help: "Type of the numbers written; counters stay as they are.")
  var precision = FloatPrecision.float32

  @Flag(help: "Leave out what only training needs: auxiliary heads and step counters.")
  var inferenceOnly = false

  func run() throws {
    var conversion = WeightsConversion()
    conversion.precision = precision
    conversion.inferenceOnly = inferenceOnly
    Terminal.say("\(destination): \(try conversion.convert(source, to: destination))")
  }
}

extension FloatPrecision: ExpressibleByArgument {}
