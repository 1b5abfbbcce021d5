import AdaSpot
import Evaluation
import Service
import Testing
import Timeline

@Suite("predictions as the published implementation writes them")
struct PredictionsFileTests {
  private let classes = ClassList(names: ["serve", "a \"quoted\"\nname"])

  @Test("what is written is what the evaluation reads")
  func roundTrip() throws {
    let events = [Event(frame: 3, label: 1, score: 0.25), Event(frame: 8, label: 2, score: 1e-7)]
    let text = PredictionsFile.text(events, classes: classes)
    let read = try EventFile.predictions(json: Array(text.utf8), name: "text", video: "v").flatMap(\.events)
    #expect(read.map(\.frame) == [3, 8])
    #expect(read.map(\.label) == classes.names)
    #expect(read.map(\.score) == [0.25, 1e-7])
  }

  @Test("an event a line, and an empty list without events")
  func form() {
    let text = PredictionsFile.text([Event(frame: 3, label: 1, score: 0.25)], classes: classes)
    #expect(text == "{\"predictions\": [\n  {\"frame\": 3, \"label\": \"serve\", \"confidence\": 0.25}\n]}\n")
    #expect(PredictionsFile.text([], classes: classes) == "{\"predictions\": []}\n")
  }
}
