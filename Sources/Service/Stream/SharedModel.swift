import AdaSpot
import Bus
import Foundation
import Synchronization

/// A model as the streams that use it need it: its weights, its class names as the bus takes them, and its cost on this
/// machine. Immutable, so that any number of streams may share it.
package final class SharedModel: Sendable {
  let model: Model
  /// The names of the classes 1, 2, ….
  let labels: [Name]
  private let measured = Mutex<CostModel?>(nil)

  /// Loads the model in `folder`.
  init(folder: String) throws(ServiceError) {
    do { model = try Model.load(folder: folder) } catch { throw .model(error) }
    do throws(BusError) {
      var labels: [Name] = []
      for name in model.classes.names { labels.append(try Name(name)) }
      self.labels = labels
    } catch {
      throw .configuration("\(folder): the model's class list: \(error)")
    }
  }

  /// What frames cost; measured when it is first asked for.
  var cost: CostModel {
    measured.withLock { known in
      let cost = known ?? CostModel.measure(model)
      known = cost
      return cost
    }
  }
}

/// Loads each model folder once, whoever asks for it.
package struct ModelLibrary {
  private var models: [String: SharedModel] = [:]

  package init() {}

  /// The model in `folder`, which may be written in several ways.
  package mutating func model(in folder: String) throws(ServiceError) -> SharedModel {
    let key = URL(filePath: folder).standardizedFileURL.resolvingSymlinksInPath().path
    if let known = models[key] { return known }
    let model = try SharedModel(folder: folder)
    models[key] = model
    return model
  }
}
