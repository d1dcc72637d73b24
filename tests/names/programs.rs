//! The programs of those who use the first release, by each language's own compiler.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use exai_gen::pipeline::Run;
use exai_gen::target::Target;

use super::{at, new, old, package};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Writes a package.
fn write(run: &Run, target: Target, folder: &Path) {
    for file in package(run, target).iter() {
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, &file.text).expect("a file");
    }
}

/// Runs a command, and gives whether it is content and what it says.
fn run(command: &mut Command) -> (bool, String) {
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (output.status.success(), said)
}

/// The package as it shipped, and as it is: each with the program.
fn both(target: Target, root: &Path) -> [PathBuf; 2] {
    [("old", old()), ("new", new())].map(|(name, run)| {
        let folder = root.join(name);
        write(&run, target, &folder);
        folder
    })
}

#[test]
fn typescript() {
    let root = tempfile::tempdir().expect("a folder");
    let compiler = repository().join("sdks/typescript/node_modules/typescript/bin/tsc");
    assert!(
        compiler.exists(),
        "cargo xtask test --only typescript installs the compiler"
    );
    for folder in both(Target::Typescript, root.path()) {
        fs::copy(at("users/user.ts"), folder.join("user.ts")).expect("a copy");
        let project = r#"{ "extends": "./tsconfig.json", "compilerOptions": { "rootDir": "." }, "include": ["src", "user.ts"] }"#;
        fs::write(folder.join("tsconfig.user.json"), project).expect("a file");
        let strict = [
            "--noEmit",
            "--exactOptionalPropertyTypes",
            "--noUncheckedIndexedAccess",
        ];
        let mut command = Command::new("node");
        command.arg(&compiler).args(["-p", "tsconfig.user.json"]);
        let (fine, said) = run(command.args(strict).current_dir(&folder));
        assert!(fine, "{}: {said}", folder.display());
    }
    let of = |path: &str| {
        fs::read_to_string(root.path().join("new/src/generated").join(path)).expect("a file")
    };
    let methods = of("resources/pets.ts");
    assert_eq!(
        methods.matches("@deprecated Use `animals.").count(),
        3,
        "{methods}"
    );
    let functions = of("functions/pets.ts");
    assert!(
        functions.contains("@deprecated Use `readAnimal`."),
        "{functions}"
    );
    let types = of("types/shared.ts");
    assert!(
        types.contains("/** @deprecated Use `Animal`. */\nexport type Pet = Animal;"),
        "{types}"
    );
}

#[test]
fn python() {
    let root = tempfile::tempdir().expect("a folder");
    let tool = |name: &str| {
        let path = repository().join("sdks/python/.venv/bin").join(name);
        assert!(
            path.exists(),
            "cargo xtask test --only python installs {name}"
        );
        Command::new(path)
    };
    let [before, after] = both(Target::Python, root.path());
    let check = |folder: &Path, more: &[&str]| {
        fs::copy(at("users/user.py"), folder.join("user.py")).expect("a copy");
        let mut mypy = tool("mypy");
        mypy.args(["--strict", "src", "user.py"]).args(more);
        mypy.env("MYPY_CACHE_DIR", root.path().join("cache"));
        run(mypy.current_dir(folder).env("MYPYPATH", "src"))
    };
    for folder in [&before, &after] {
        let (fine, said) = check(folder, &[]);
        assert!(fine, "{}: {said}", folder.display());
    }
    let (fine, said) = check(&after, &["--enable-error-code", "deprecated"]);
    assert!(
        !fine && said.contains("Use `animals.list_animal_events`."),
        "{said}"
    );
    let warned = |code: &str| {
        let mut python = tool("python");
        python.args(["-W", "error::DeprecationWarning", "-c", code]);
        run(python.current_dir(&after).env("PYTHONPATH", "src"))
    };
    let (fine, said) = warned("from pet_shop.types import Pet");
    assert!(
        !fine && said.contains("DeprecationWarning: Pet is called Animal now"),
        "{said}"
    );
    let (fine, said) =
        warned("import pet_shop; pet_shop.PetShop().pets.create_pet(kind='cat', name='a')");
    assert!(
        !fine && said.contains("DeprecationWarning: Use `animals.create_pet`."),
        "{said}"
    );
    let same = "import warnings; warnings.simplefilter('ignore'); from pet_shop import types; assert types.Pet is types.Animal";
    let (fine, said) = warned(same);
    assert!(fine, "{said}");
}

#[test]
fn go() {
    let root = tempfile::tempdir().expect("a folder");
    let [before, after] = both(Target::Go, root.path());
    let module = "module example.com/user\n\ngo 1.25\n\nrequire example.com/pet-shop v0.1.0\n\nreplace example.com/pet-shop => ../\n";
    for folder in [&before, &after] {
        let user = folder.join("user");
        fs::create_dir(&user).expect("a folder");
        fs::copy(at("users/user.go"), user.join("main.go")).expect("a copy");
        fs::write(user.join("go.mod"), module).expect("a file");
        let mut go = Command::new("go");
        go.args(["vet", "."])
            .env("GOFLAGS", "-mod=mod")
            .env("GOPROXY", "off");
        let (fine, said) = run(go.current_dir(user));
        assert!(fine, "{}: {said}", folder.display());
    }
    let of = |path: &str| fs::read_to_string(after.join(path)).expect("a file");
    let methods = of("pets_gen.go");
    let wanted =
        "//\n// Deprecated: use [AnimalsService.FindAnimals].\nfunc (s *PetsService) ListPets(";
    assert!(methods.contains(wanted), "{methods}");
    let types = of("animals_types_gen.go");
    assert!(
        types.contains("//\n// Deprecated: use [Animal].\ntype Pet = Animal\n"),
        "{types}"
    );
    let (fine, said) = run(Command::new("gofmt").args(["-l", "."]).current_dir(&after));
    assert!(fine && said.is_empty(), "{said}");
}

#[test]
fn rust() {
    let root = repository().join("target/feature-crates/names");
    let _ = fs::remove_dir_all(&root);
    let folders = both(Target::Rust, &root);
    let workspace = "[workspace]\nresolver = \"3\"\nmembers = [\"old\", \"new\"]\n";
    fs::write(root.join("Cargo.toml"), workspace).expect("a file");
    fs::copy(repository().join("Cargo.lock"), root.join("Cargo.lock")).expect("a lock file");
    for (folder, name) in folders.iter().zip(["old", "new"]) {
        let manifest = folder.join("Cargo.toml");
        let text = fs::read_to_string(&manifest).expect("a manifest");
        let named = text.replacen(
            "name = \"pet-shop\"",
            &format!("name = \"pet-shop-{name}\""),
            1,
        );
        let lib = format!("{named}\n[lib]\nname = \"pet_shop_{name}\"\n");
        fs::write(&manifest, lib).expect("a manifest");
        fs::create_dir_all(folder.join("examples")).expect("a folder");
        let user = fs::read_to_string(at("users/user.rs")).expect("a program");
        let user = user.replace("pet_shop::", &format!("pet_shop_{name}::")) + "\nfn main() {}\n";
        fs::write(folder.join("examples/user.rs"), user).expect("a program");
    }
    // Folder and flags of the generator's own tests, so that what they have compiled is there.
    let shared = repository().join("target/generated-crates/target");
    let check = |name: &str, more: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([
            "check",
            "--quiet",
            "--no-default-features",
            "--package",
            name,
        ]);
        cargo
            .args(more)
            .current_dir(&root)
            .env("CARGO_TARGET_DIR", &shared);
        cargo.env(
            "RUSTFLAGS",
            "-Wmissing_docs -Wunreachable_pub -Dwarnings -Adead_code",
        );
        run(&mut cargo)
    };
    let example = ["--example", "user"];
    let (fine, said) = check("pet-shop-old", &example);
    assert!(fine, "{said}");
    let (fine, said) = check("pet-shop-new", &["--lib", "--features", "testing"]);
    assert!(fine, "the crate speaks of its own former names: {said}");
    let (fine, said) = check("pet-shop-new", &example);
    assert!(!fine && !said.contains("error[E"), "{said}");
    for wanted in [
        "use of deprecated type alias `pet_shop_new::types::Pet`: use `Animal`",
        "::list_pets`: use `animals().find_animals`",
    ] {
        assert!(said.contains(wanted), "{said}");
    }
}
