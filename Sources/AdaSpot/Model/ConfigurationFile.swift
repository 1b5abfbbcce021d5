/// The keys of the reference's file that inference needs.
struct ConfigurationFile: Decodable {
  struct DataSection: Decodable {
    let dataset: String
    let classes: Int
    let clipLength: Int

    enum CodingKeys: String, CodingKey {
      case dataset
      case classes = "num_classes"
      case clipLength = "clip_len"
    }
  }

  struct ModelSection: Decodable {
    let highResolution: [Int]
    let highCrop: [Int]
    let lowResolution: [Int]
    let lowCrop: [Int]
    let regionSize: [Int]
    let architecture: String
    let temporalStages: [Bool]
    let aggregation: String
    let recurrence: String
    let threshold: Float
    let padding: String

    enum CodingKeys: String, CodingKey {
      case highResolution = "hr_dim"
      case highCrop = "hr_crop"
      case lowResolution = "lr_dim"
      case lowCrop = "lr_crop"
      case regionSize = "roi_size"
      case architecture = "feature_arch"
      case temporalStages = "blocks_temporal"
      case aggregation
      case recurrence = "temporal_arch"
      case threshold
      case padding
    }
  }

  let data: DataSection
  let model: ModelSection
}
