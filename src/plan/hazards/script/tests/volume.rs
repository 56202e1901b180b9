//! Files of the volume that scripts use.

use super::*;

const V: &str = "/home/ec2-user/SageMaker";

#[test]
fn files_of_the_volume_that_are_read_run_or_gone_into_are_found() {
    for script in [
        "source /home/ec2-user/SageMaker/env/bin/activate",
        ". ~/SageMaker/env/bin/activate",
        "sudo -u ec2-user -i <<'EOF'\nsource \"$HOME/SageMaker/x.sh\"\nEOF",
        "D=/home/ec2-user/SageMaker/custom\nsource \"$D/bin/activate\"",
        "cd /home/ec2-user/SageMaker/project && make",
        "cd /home/ec2-user/SageMaker; bash setup.sh",
        "cd /home/ec2-user/SageMaker; pip install -r requirements.txt",
        "pip install -r /home/ec2-user/SageMaker/requirements.txt",
        "/home/ec2-user/SageMaker/bin/tool --now",
        "su - ec2-user -c 'bash /home/ec2-user/SageMaker/x.sh'",
        "nohup python /home/ec2-user/SageMaker/serve.py &",
        "cp /home/ec2-user/SageMaker/.condarc /home/ec2-user/",
        "conda activate /home/ec2-user/SageMaker/envs/x",
        "crontab /home/ec2-user/SageMaker/crontab",
        "while read x; do echo $x; done < /home/ec2-user/SageMaker/list",
        "aws s3 sync /home/ec2-user/SageMaker/out s3://bucket/out",
        "mkdir -p /home/ec2-user/SageMaker/env\nsource /home/ec2-user/SageMaker/env/bin/activate",
        "jupyter nbconvert /home/ec2-user/SageMaker/My.ipynb --execute",
    ] {
        assert_eq!(of(script).volume.len(), 1, "{script}: {:?}", of(script).volume);
    }
}

#[test]
fn what_is_made_looked_for_or_only_named_is_no_finding() {
    for script in [
        "mkdir -p /home/ec2-user/SageMaker/data && cd /home/ec2-user/SageMaker/data",
        "cd /home/ec2-user/SageMaker && ls",
        "chown -R ec2-user:ec2-user /home/ec2-user/SageMaker",
        "echo x > /home/ec2-user/SageMaker/x; cat /home/ec2-user/SageMaker/x",
        "git clone https://example.com/x.git /home/ec2-user/SageMaker/x; cd /home/ec2-user/SageMaker/x/src",
        "cd /home/ec2-user/SageMaker; git clone https://example.com/x.git; cd x; pip install -r requirements.txt",
        "aws s3 cp s3://b/x.sh /home/ec2-user/SageMaker/x.sh; bash /home/ec2-user/SageMaker/x.sh",
        "python -m venv ~/SageMaker/env; source ~/SageMaker/env/bin/activate",
        "conda create -y -p ~/SageMaker/env python; conda activate ~/SageMaker/env",
        "if [ -f ~/SageMaker/x.sh ]; then source ~/SageMaker/x.sh; fi",
        "[[ -d ~/SageMaker/env ]] && source ~/SageMaker/env/bin/activate",
        "source ~/SageMaker/x.sh || true",
        "if ! source ~/SageMaker/x.sh; then echo none; fi",
        "echo \"look into /home/ec2-user/SageMaker/README\"",
        "# source /home/ec2-user/SageMaker/x.sh",
        "ln -s /home/ec2-user/SageMaker/.texmf /home/ec2-user/texmf",
        "mkdir -p ~/SageMaker/efs; mount -t nfs fs-1.efs.us-east-1.amazonaws.com:/ ~/SageMaker/efs; ls ~/SageMaker/efs/x",
        "cd /tmp; bash setup.sh",
        "mkdir -p ~/SageMaker/.texmf; cd ~/SageMaker/.texmf; unzip -q /tmp/x.zip; mv upquote tex/latex/",
    ] {
        assert!(of(script).volume.is_empty(), "{script}: {:?}", of(script).volume);
    }
}

#[test]
fn what_the_first_script_puts_there_the_second_finds() {
    let on_start = Some(format!("source {V}/env/bin/activate"));
    let made = Scripts { on_create: Some(format!("python -m venv {V}/env")), on_start: on_start.clone() };
    assert_eq!(read(&made, ALL).volume, Vec::<String>::new());
    let found = read(&Scripts { on_create: None, on_start }, ALL).volume;
    assert_eq!(found, ["OnStart line 1: `source /home/ec2-user/SageMaker/env/bin/activate`"]);
}

#[test]
fn of_a_path_only_plain_parts_are_shown() {
    let found = of("TOKEN=hunter2\ncat ~/SageMaker/$TOKEN/HUNTER/x.csv").volume;
    assert_eq!(found, ["OnStart line 2: `cat ~/SageMaker/${TOKEN}/.../x.csv`"]);
}
