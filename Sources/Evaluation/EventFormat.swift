/// A form in which predictions are exchanged.
public enum EventFormat: String, Sendable, CaseIterable {
  /// A list of videos: `[{"video", "fps", "num_frames", "events": [{"frame", "label", "score"}]}]`, as E2E-Spot and its successors
  /// write it.
  case e2eSpot = "e2e-spot"
  /// One game: `{"UrlLocal", "predictions": [{"gameTime", "label", "position", "half", "confidence"}]}` with positions in
  /// milliseconds, the `results_spotting.json` of SoccerNet's action and ball action spotting.
  case soccerNet = "soccernet"
  /// One video: `{"predictions": [{"frame", "label", "confidence"}]}`, as `spot detect` writes it.
  case spotd
}
