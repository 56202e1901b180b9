"""What botocore's models know of that the program has tables of facts for, as JSON."""

import json
import re

import botocore.session

session = botocore.session.get_session()
sagemaker = session.get_service_model("sagemaker")
types = sagemaker.shape_for("InstanceType").enum
platforms = sagemaker.shape_for("PlatformIdentifier").metadata["pattern"]
partitions = {
    region: partition
    for partition in session.get_available_partitions()
    for service in ("sagemaker", "ec2")
    for region in session.get_available_regions(service, partition_name=partition)
}
limits = {"SecurityGroupIds", "TagList", "TagKey", "TagValue"}
print(
    json.dumps(
        {
            "families": sorted({name.removeprefix("ml.").rsplit(".", 1)[0] for name in types}),
            "platforms": re.findall(r"[a-z0-9-]+", platforms),
            "regions": sorted(partitions),
            "partitions": [f"{region} {partition}" for region, partition in sorted(partitions.items())],
            "limits": [f"{name} {sagemaker.shape_for(name).metadata['max']}" for name in sorted(limits)],
        }
    )
)
