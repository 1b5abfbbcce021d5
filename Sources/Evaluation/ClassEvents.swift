/// What truth and predictions say of one class, over all videos in the order given.
struct ClassEvents {
  var truth: [(video: String, frame: Int)] = []
  var predictions: [(video: String, frame: Int, score: Double)] = []

  /// The events of each label that occurs.
  static func byLabel(predictions: [PredictedVideo], truth: [TruthVideo]) -> [String: ClassEvents] {
    var classes: [String: ClassEvents] = [:]
    for video in truth {
      for event in video.events {
        classes[event.label, default: ClassEvents()].truth.append((video.video, event.frame))
      }
    }
    for video in predictions {
      for event in video.events {
        classes[event.label, default: ClassEvents()].predictions.append((video.video, event.frame, event.score))
      }
    }
    return classes
  }
}
