import ArgumentParser
import Service

/// The options that name a model.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Folder with config.json, classes.txt and one weights file.",
      discussion: """
        Without it: the environment's SPOTD_MODEL, else Models/demo or share/spotd/Models/demo in the folder of the program or one \
        above it.
        """, valueName: "folder"))
  var model: String?

  @Option(help: ArgumentHelp("Configuration file, together with --weights and --classes.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("Weights file, *.pt or *.safetensors.", valueName: "file"))
  var weights: String?

  @Option(help: ArgumentHelp("Class names, one a line.", valueName: "file"))
  var classes: String?

  func validate() throws {
    let named = [config, weights, classes].filter { $0 != nil }.count
    guard named == 0 || (named == 3 && model == nil) else {
      throw ValidationError("expected either --model or all of --config, --weights and --classes")
    }
  }

  /// The files that the model is read from; none where no model is found, which loading it tells.
  var files: [OutputPath.Role] { (try? source)?.paths ?? [] }

  var source: ModelSource {
    get throws(ServiceError) {
      if let config, let weights, let classes {
        return .files(configuration: config, weights: weights, classes: classes)
      }
      if let model { return .folder(model) }
      return .folder(try ModelLocator().folder())
    }
  }
}
