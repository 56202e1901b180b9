//! What scripts need, line by line, and what is shown of them.

mod secrets;
mod volume;
mod whole;

use super::*;

const ALL: fn(&Need) -> CheckVerdict = |_| CheckVerdict::No;

fn of(script: &str) -> Findings {
    read(&Scripts { on_create: None, on_start: Some(script.to_owned()) }, ALL)
}

/// What a script needs: `internet`, `repositories`, or services, each with a `?` where it is not certain.
fn wants(script: &str) -> Vec<String> {
    let found = walk::walk(script, &mut super::volume::Made::default());
    let name = |need: &Need| match &need.wants {
        Wants::Internet => "internet".to_owned(),
        Wants::Repositories => "repositories".to_owned(),
        Wants::Service { name, region: None } => name.clone(),
        Wants::Service { name, region: Some(region) } => format!("{name}@{region}"),
    };
    found.needs.iter().map(|need| format!("{}{}", name(need), if need.sure { "" } else { "?" })).collect()
}

#[test]
fn lines_that_fetch_are_found_with_their_hook_and_number() {
    let scripts = Scripts {
        on_create: Some("#!/bin/bash\nset -e\nsudo yum install -y jq\n".to_owned()),
        on_start: Some("#!/bin/bash\n# pip install nothing\npip install pandas  # for the team\n".to_owned()),
    };
    let expected = ["OnCreate line 3: `yum install`", "OnStart line 3: `pip install pandas`"];
    assert_eq!(read(&scripts, ALL).needs, expected);
}

#[test]
fn services_are_shown_with_what_was_found_out_of_them() {
    let script = "aws s3 cp s3://b/x .\naws secretsmanager get-secret-value --secret-id x\npip install x\n";
    let scripts = Scripts { on_create: None, on_start: Some(script.to_owned()) };
    let found = read(&scripts, |need| match &need.wants {
        Wants::Service { name, .. } if name == "s3" => CheckVerdict::Yes,
        Wants::Service { .. } => CheckVerdict::Unknown,
        Wants::Internet | Wants::Repositories => CheckVerdict::No,
    });
    let unknown = "OnStart line 2: `aws secretsmanager get-secret-value` (secretsmanager: unknown)";
    assert_eq!(found.needs, ["OnStart line 3: `pip install x`", unknown]);
    assert!(found.fails);
}

/// Scripts and what they need.
const TABLE: &[(&str, &[&str])] = &[
    // What was missed.
    ("aws s3 cp s3://bucket/key /tmp/x", &["s3"]),
    ("aws secretsmanager get-secret-value --secret-id x", &["secretsmanager"]),
    ("/usr/bin/pip3.9 install pandas", &["internet"]),
    ("code-server --install-extension ms-python.python", &["internet"]),
    ("python3 -c 'import boto3; boto3.client(\"ssm\").get_parameter(Name=\"x\")'", &["ssm"]),
    ("python - <<'EOF'\nimport boto3\nboto3.resource('s3')\nEOF", &["s3"]),
    // What was taken for the internet.
    ("echo \"see https://wiki.example.com/setup\"", &[]),
    ("pip install --index-url http://10.60.9.20/simple x", &[]),
    ("# curl https://example.com", &[]),
    ("HELP=https://example.com", &[]),
    ("printf '%s' 'pip install x'", &[]),
    ("logger pip install failed", &[]),
    ("cat > /tmp/notes <<EOF\npip install x\nEOF", &[]),
    ("git config --global http.proxy https://proxy.example.com", &[]),
    // Shells within shells.
    ("sudo -u ec2-user -i <<'EOF'\npip install x\nEOF", &["internet"]),
    ("su - ec2-user -c \"pip install x && echo https://example.com\"", &["internet"]),
    ("bash -lc 'timeout 60 nohup pip install x'", &["internet"]),
    ("sudo -H -u ec2-user env A=b nice -n 5 conda install -y x", &["internet"]),
    ("conda run -n python3 --no-capture-output pip install x", &["internet"]),
    ("V=$(curl -s https://example.com/version)", &["internet"]),
    ("echo \"`wget -qO- https://example.com`\"", &["internet"]),
    ("cat <<EOF | bash\npip install x\nEOF", &["internet"]),
    ("echo 'pip install x' | sudo bash", &["internet"]),
    (
        "cat > /tmp/run.sh <<'EOF'\npip install x\nEOF\nchmod +x /tmp/run.sh\nnohup /tmp/run.sh &",
        &["internet"],
    ),
    ("retry() { for i in 1 2; do \"$@\" && return; done; }\nretry pip install x", &["internet"]),
    ("if ! pip install x; then exit 1; fi", &["internet"]),
    ("case $1 in start) pip install x ;; esac", &["internet"]),
    ("PIP=/opt/bin/pip; $PIP install x", &["internet"]),
    ("$(which pip) install x", &["internet"]),
    ("CMD='pip install x'; $CMD", &["internet"]),
    ("$PYTHON -m pip install x", &["internet"]),
    ("xargs -n 1 pip install < /tmp/list", &["internet"]),
    // Hosts.
    ("curl http://169.254.169.254/latest/meta-data/", &[]),
    ("curl -s localhost:8443/api", &[]),
    ("curl -H 'Referer: https://example.com' http://10.1.2.3/", &[]),
    ("curl -d x=https://example.com nexus.corp/x", &[]),
    ("curl \"$HOST/x\"", &["internet?"]),
    ("HOST=10.0.0.9; curl \"http://$HOST:8998/sessions\"", &[]),
    ("wget https://b.s3.amazonaws.com/x", &["s3"]),
    ("wget https://s3.eu-west-1.amazonaws.com/b/x", &["s3@eu-west-1"]),
    ("git clone https://git-codecommit.us-east-1.amazonaws.com/v1/repos/x", &["git-codecommit@us-east-1"]),
    ("git clone git@github.com:x/y.git", &["internet"]),
    ("git clone https://git.example.internal/x", &[]),
    ("git clone /home/ec2-user/mirror x", &[]),
    ("cd /opt/x && git pull", &["internet?"]),
    ("ssh -i key ec2-user@10.0.0.5 true", &[]),
    ("export https_proxy=http://10.0.0.5:3128\npip install x", &[]),
    ("https_proxy=http://proxy.example.com:3128 pip install x", &["internet?"]),
    ("export PIP_INDEX_URL=http://10.60.9.20/simple\npip install x", &[]),
    ("pip config set global.index-url http://10.60.9.20/simple\npip install x", &[]),
    ("pip install --extra-index-url http://10.60.9.20/simple x", &["internet"]),
    ("pip install --no-index --find-links /opt/wheels x", &[]),
    ("pip install --no-deps /opt/x.whl", &[]),
    (
        "docker pull 111122223333.dkr.ecr.us-east-1.amazonaws.com/x:1",
        &["ecr.api@us-east-1", "ecr.dkr@us-east-1", "s3@us-east-1"],
    ),
    ("docker pull python:3", &["internet"]),
    // AWS.
    ("aws --region eu-west-1 ssm get-parameter --name x", &["ssm@eu-west-1"]),
    ("aws sagemaker list-tags --resource-arn x", &["sagemaker.api"]),
    ("aws ecr get-login-password", &["ecr.api"]),
    ("aws sts get-caller-identity", &["sts"]),
    ("aws logs create-log-group --log-group-name x", &["logs"]),
    ("aws configure set region us-east-1; aws --version", &[]),
    ("aws s3 ls --endpoint-url http://10.0.0.8:9000", &[]),
    // Other languages and tools.
    ("Rscript -e 'install.packages(\"x\")'", &["internet"]),
    ("Rscript -e 'install.packages(\"x\", repos=\"http://10.0.0.1/cran\")'", &[]),
    ("R --no-save <<EOF\ninstall.packages('x')\nEOF", &["internet"]),
    ("julia -e 'using Pkg; Pkg.add(\"x\")'", &["internet"]),
    ("npm ci", &["internet"]),
    ("npm config set registry http://10.0.0.1/npm\nnpm install -g x", &[]),
    ("yarn", &["internet"]),
    ("yarn run build", &[]),
    ("uv pip sync r.txt", &["internet"]),
    ("poetry update", &["internet"]),
    ("python -m spacy download en_core_web_sm", &["internet"]),
    ("python -c 'import nltk; nltk.download(\"punkt\")'", &["internet"]),
    ("huggingface-cli download x", &["internet"]),
    ("jupyter labextension install x", &["internet"]),
    ("jupyter nbextension install --py x", &[]),
    ("sudo yum install -y jq", &["repositories"]),
    ("yum list installed", &[]),
    ("pip list; conda activate python3; source activate JupyterSystemEnv; nvidia-smi", &[]),
    ("deps=(wget pip); echo curly wgets", &[]),
];

#[test]
fn what_a_line_needs_is_known() {
    for (script, expected) in TABLE {
        assert_eq!(wants(script), *expected, "{script}");
    }
}

#[test]
fn what_amazon_linux_2023_has_no_longer_is_found_whether_it_fetches_or_not() {
    let found = of("sudo yum install -y jq\n/usr/bin/yum list installed\namazon-linux-extras enable epel\n");
    let expected =
        ["OnStart line 1: `yum`", "OnStart line 2: `yum`", "OnStart line 3: `amazon-linux-extras`"];
    assert_eq!(found.yum, expected);
    for line in
        ["dnf install -y jq", "# yum install jq", "curl https://example.com/yum", "echo use yum instead"]
    {
        assert!(of(line).yum.is_empty(), "{line}");
    }
}

#[test]
fn what_stops_the_instance_is_found() {
    for line in [
        r#"(crontab -l; echo "*/5 * * * * python autostop.py --time 3600") | crontab -"#,
        "aws sagemaker stop-notebook-instance --notebook-instance-name x",
        "sudo shutdown -h now",
    ] {
        assert_eq!(of(line).stops.len(), 1, "{line}");
    }
    for line in ["echo shutdowns are rare", "echo \"Starting the SageMaker autostop script in cron\""] {
        assert!(of(line).stops.is_empty(), "{line}");
    }
}

#[test]
fn many_lines_are_counted_and_long_ones_cut() {
    let found = of(&"wget example.com/a\n".repeat(9)).needs;
    assert_eq!((found.len(), found.last().map(String::as_str)), (6, Some("and 4 more")));
    let found = of(&format!("pip install {}", "pandas ".repeat(40))).needs;
    assert!(found[0].ends_with("...`") && found[0].chars().count() < 160, "{found:?}");
}
