#!/usr/bin/env python3
"""Reads the text of images with a client that is generated from proto/.

On Debian:

    sudo apt install python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc libprotobuf-dev
    mkdir gen-py
    protoc -I proto --python_out=gen-py --grpc_python_out=gen-py \
        --plugin=protoc-gen-grpc_python=$(which grpc_python_plugin) $(find proto -name '*.proto')
    PYTHONPATH=gen-py python3 examples/read_text.py 127.0.0.1:8080 examples/sample.png

VISIOND_API_KEY is sent where it is set. VISIOND_CA names the authority of a server with TLS.
"""

import os
import sys

import grpc

from yandex.cloud.ai.vision.v1 import text_detection_pb2, vision_service_pb2, vision_service_pb2_grpc


def main(endpoint: str, files: list[str]) -> int:
    ca = os.environ.get("VISIOND_CA")
    if ca is None:
        channel = grpc.insecure_channel(endpoint)
    else:
        with open(ca, "rb") as file:
            channel = grpc.secure_channel(endpoint, grpc.ssl_channel_credentials(file.read()))
    key = os.environ.get("VISIOND_API_KEY")
    metadata = [("authorization", f"Api-Key {key}")] if key else []

    feature = vision_service_pb2.Feature(
        type=vision_service_pb2.Feature.TEXT_DETECTION,
        text_detection_config=vision_service_pb2.FeatureTextDetectionConfig(language_codes=["*"]),
    )
    request = vision_service_pb2.BatchAnalyzeRequest()
    for name in files:
        with open(name, "rb") as file:
            request.analyze_specs.add(content=file.read(), features=[feature])

    with channel:
        stub = vision_service_pb2_grpc.VisionServiceStub(channel)
        try:
            response = stub.BatchAnalyze(request, metadata=metadata, timeout=60)
        except grpc.RpcError as error:
            print(f"{error.code().name}: {error.details()}", file=sys.stderr)
            return 1

    failures = 0
    for name, result in zip(files, response.results):
        error = result.error if result.HasField("error") else result.results[0].error
        if error.code:
            failures += 1
            print(f"{name}: {error.message}", file=sys.stderr)
            continue
        print_text(result.results[0].text_detection)
    return 1 if failures else 0


def print_text(annotation: text_detection_pb2.TextAnnotation) -> None:
    for page in annotation.pages:
        for block in page.blocks:
            for line in block.lines:
                print(" ".join(word.text for word in line.words))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("Usage: read_text.py HOST:PORT FILE...")
    sys.exit(main(sys.argv[1], sys.argv[2:]))
