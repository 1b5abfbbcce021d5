/// The keys of the reference's file that inference needs.
struct ConfigurationFile: Decodable {
  struct DataSection: Decodable {
    let dataset: String
    let classes: ConfigurationNumber<Int>
    let clipLength: ConfigurationNumber<Int>

    enum CodingKeys: String, CodingKey {
      case dataset
      case classes = "num_classes"
      case clipLength = "clip_len"
    }
  }

  struct ModelSection: Decodable {
    let highResolution: [ConfigurationNumber<Int>]
    let highCrop: [ConfigurationNumber<Int>]
    let lowResolution: [ConfigurationNumber<Int>]
    let lowCrop: [ConfigurationNumber<Int>]
    let regionSize: [ConfigurationNumber<Int>]
    let architecture: String
    let temporalStages: [Bool]
    let aggregation: String
    let recurrence: String
    let threshold: ConfigurationNumber<Float>
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

/// A number of the file. Of one that its type cannot hold, such as 64.5 where a whole number is expected, the decoder alone
/// says no more than that the file is not JSON; here the key is named.
struct ConfigurationNumber<Value: Decodable>: Decodable {
  let value: Value

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      value = try container.decode(Value.self)
    } catch {
      guard (try? container.decode(Double.self)) != nil else { throw error }
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(Value.self) does not hold the number")
    }
  }
}
