//! Which file uses which, and by what names. A name counts for the file that defines it, however many others export it.
//!
//! Whoever declares a module and exports its names does not use it by that alone. Whoever names its items in code does.
//! A call of a method uses a file where the method is of another file's type and no other method has its name.

use std::collections::{BTreeMap, BTreeSet};

use crate::reading::{self, EVERYTHING, Import, Module, Names};

/// For each file the files that it uses, and the names that it uses of them.
pub(crate) type Uses = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The uses among the sources of a crate, which are texts by their paths below `src`.
pub(crate) fn uses(sources: &BTreeMap<String, String>) -> Uses {
    let declared = Declared { modules: declared(sources) };
    let apart = declared.methods_apart();
    let mut uses = Uses::new();
    for (at, module) in &declared.modules {
        let from: &mut BTreeMap<_, BTreeSet<_>> = uses.entry(module.file.clone()).or_default();
        let called =
            module.calls.iter().filter_map(|name| Some((apart.get(name)?.clone(), format!(".{name}()"))));
        for (file, name) in declared.used_by(at, module).into_iter().chain(called) {
            if file != module.file {
                from.entry(file).or_default().insert(name);
            }
        }
    }
    uses
}

/// The paths of the crate that lead nowhere. As long as there are none, no use is overlooked.
pub(crate) fn lost(sources: &BTreeMap<String, String>) -> Vec<String> {
    let declared = Declared { modules: declared(sources) };
    let mut lost = Vec::new();
    for (at, module) in &declared.modules {
        let imported = module.imports.iter().map(|import| &import.path);
        for path in imported.chain(&module.mentions) {
            let ours = ["crate", "self", "super"].contains(&path[0].as_str());
            let found = declared.resolve(at, path, &mut Trail::new());
            if ours && found.module.is_none() && found.item.is_none() && path != &["self"] {
                lost.push(format!("{}: {}", module.file, path.join("::")));
            }
        }
    }
    lost
}

/// Every module that can be reached from `lib.rs` and is not for tests only.
fn declared(sources: &BTreeMap<String, String>) -> BTreeMap<Names, Module> {
    let mut modules = BTreeMap::new();
    let mut open = vec![Names::new()];
    while let Some(module) = open.pop() {
        let path = module.join("/");
        let places = [format!("{path}.rs"), format!("{path}/mod.rs"), "lib.rs".to_owned()];
        let place = if module.is_empty() { &places[2..] } else { &places[..2] };
        let Some((file, text)) = place.iter().find_map(|place| sources.get_key_value(place)) else {
            panic!("`{}` is declared but not there", module.join("::"));
        };
        let read = reading::read(file, &module, text);
        modules.extend(read.modules);
        open.extend(read.elsewhere);
    }
    modules
}

struct Declared {
    modules: BTreeMap<Names, Module>,
}

/// What a path leads to: a module, an item, or both, since they may have one name.
#[derive(Default)]
struct Found {
    module: Option<Names>,
    /// The module that defines the item, and the item's name.
    item: Option<(Names, String)>,
}

/// The names that are being looked up, so that a circle of exports comes to an end.
type Trail = Vec<(Names, String)>;

impl Declared {
    /// The files that a module uses, each with a name of what it uses.
    fn used_by(&self, at: &Names, module: &Module) -> Vec<(String, String)> {
        let file_of = |item: (Names, String)| Some((self.modules.get(&item.0)?.file.clone(), item.1));
        let imported = module.imports.iter().filter_map(|import| {
            let item = self.resolve(at, &import.path, &mut Trail::new()).item?;
            let only_exported = import.exported && item.0.starts_with(at);
            (!only_exported).then_some(item)
        });
        let mentioned =
            module.mentions.iter().filter_map(|path| self.resolve(at, path, &mut Trail::new()).item);
        let handed = module.handed.iter().filter_map(|word| {
            let below = [at.as_slice(), std::slice::from_ref(word)].concat();
            self.modules.contains_key(&below).then(|| (below, format!("mod {word}")))
        });
        imported.chain(mentioned).chain(handed).filter_map(file_of).collect()
    }

    /// The files of methods that are not where their type is, by the names that are theirs alone.
    fn methods_apart(&self) -> BTreeMap<String, String> {
        let mut all: BTreeMap<&String, Vec<Option<&String>>> = BTreeMap::new();
        for (at, module) in &self.modules {
            for (of, name) in &module.methods {
                let own_type = of.as_ref().and_then(|path| self.resolve(at, path, &mut Trail::new()).item);
                let place = own_type.and_then(|(home, _)| Some(&self.modules.get(&home)?.file));
                let is_apart = place.is_some_and(|place| *place != module.file);
                all.entry(name).or_default().push(is_apart.then_some(&module.file));
            }
        }
        let alone = all.into_iter().filter_map(|(name, files)| match files[..] {
            [Some(file)] => Some((name.clone(), file.clone())),
            _ => None,
        });
        alone.collect()
    }

    fn resolve(&self, at: &Names, path: &[String], trail: &mut Trail) -> Found {
        let mut found = Found { module: Some(at.clone()), item: None };
        for name in path {
            let Some(module) = found.module.clone() else { break };
            found = match name.as_str() {
                "crate" => Found { module: Some(Names::new()), item: None },
                "self" => found,
                "super" => Found { module: module.split_last().map(|(_, above)| above.to_vec()), item: None },
                name => self.look_up(&module, name, trail),
            };
        }
        found
    }

    fn look_up(&self, at: &Names, name: &str, trail: &mut Trail) -> Found {
        let step = (at.clone(), name.to_owned());
        let Some(module) = self.modules.get(at).filter(|_| !trail.contains(&step)) else {
            return Found::default();
        };
        trail.push(step);
        let below = [at.as_slice(), &[name.to_owned()]].concat();
        let mut found = Found {
            module: self.modules.contains_key(&below).then_some(below),
            item: module.defines.contains(name).then(|| (at.clone(), name.to_owned())),
        };
        let called = |wanted| module.imports.iter().filter(move |import: &&Import| import.name == wanted);
        for import in called(name) {
            found.fill(self.resolve(at, &import.path, trail));
        }
        for import in called(EVERYTHING) {
            found.fill(self.in_everything(at, import, name, trail));
        }
        trail.pop();
        if found.module.is_none() && found.item.is_none() && module.made.contains(name) {
            found.item = Some((at.clone(), name.to_owned()));
        }
        found
    }

    /// What a name is among everything that an import brings.
    fn in_everything(&self, at: &Names, import: &Import, name: &str, trail: &mut Trail) -> Found {
        match self.resolve(at, &import.path, trail).module {
            Some(module) => self.look_up(&module, name, trail),
            None => Found::default(),
        }
    }
}

impl Found {
    fn fill(&mut self, other: Found) {
        self.module = self.module.take().or(other.module);
        self.item = self.item.take().or(other.item);
    }
}
