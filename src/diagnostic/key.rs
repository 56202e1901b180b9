//! Pure: keys: a struct whose fields say what is under the keys of a table, and what is told of them.

use std::collections::BTreeMap;

use super::{Form, KeyText, Keyed, Table};

/// Things of which a table has one key each.
pub trait KeyFor<V>: Copy + Ord + 'static {
    /// Each of them with the name of its key, what is told of it, and what can stand there.
    fn each() -> impl Iterator<Item = (Self, &'static str, String, Form<V>)>;
}

impl<K: KeyFor<V>, V: 'static> Keyed for BTreeMap<K, V> {
    fn described() -> Vec<KeyText> {
        K::each().map(|(_, name, about, form)| form.described(name, about)).collect()
    }

    fn read(table: &Table<'_>) -> Option<Self> {
        let read = K::each().filter_map(|(one, name, _, form)| Some((one, form.read(table.field(name))?)));
        Some(read.collect())
    }
}

/// A struct for the keys of a table: the doc lines of its fields are what is told of the keys, and after each `=` is the
/// [`Form`](crate::diagnostic::Form) of what can stand there. Each [`Keyed`] after `..` has its keys in the same table.
macro_rules! keys {
    (
        $(#[doc = $about:literal])+
        $(#[derive($($derived:path),+)])?
        $vis:vis struct $name:ident {
            $($(#[doc = $doc:literal])+ $field_vis:vis $field:ident $(as $key:literal)?: $type:ty = $form:expr;)*
            $(.. $($(#[doc = $more_doc:literal])+ $more_vis:vis $more:ident: $more_type:ty;)+)?
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone $($(, $derived)+)?)]
        $vis struct $name {
            $($(#[doc = $doc])+ $field_vis $field: $type,)*
            $($($(#[doc = $more_doc])+ $more_vis $more: $more_type,)+)?
        }

        impl $crate::diagnostic::Keyed for $name {
            const ABOUT: &'static str = concat!($($about),+).trim_ascii();

            fn described() -> Vec<$crate::diagnostic::KeyText> {
                let own = [$({
                    let form: $crate::diagnostic::Form<$type> = $form;
                    form.described($crate::diagnostic::keys!(@name $field $($key)?), concat!($($doc),+))
                }),*];
                let more: &[fn() -> Vec<$crate::diagnostic::KeyText>] =
                    &[$($(<$more_type as $crate::diagnostic::Keyed>::described),+)?];
                more.iter().flat_map(|more| more()).chain(own).collect()
            }

            fn read(table: &$crate::diagnostic::Table<'_>) -> Option<Self> {
                // All of them before any is missed: everything that is wrong is said at once.
                $(let $field = $form.read(table.field($crate::diagnostic::keys!(@name $field $($key)?)));)*
                $($(let $more = <$more_type as $crate::diagnostic::Keyed>::read(table);)+)?
                Some(Self { $($field: $field?,)* $($($more: $more?,)+)? })
            }
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $key:literal) => { $key };
}

pub(crate) use keys;
