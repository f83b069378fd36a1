//! What the index holds of a Connector: just enough to find it and to sort it, and nothing that an answer shows.

use store::rows::Listing;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{TantivyDocument, Term};
use uuid::Uuid;

/// The analyzer's name in the schema.
pub(crate) const WORDS: &str = "words";
/// Stands for every Project; no ProjectKey can have this name.
pub(crate) const EVERYONE: &str = "*";

/// Names of the columns by which hits are sorted.
pub(crate) mod column {
    pub(crate) const CREATED_AT: &str = "createdAt";
    pub(crate) const LAST_MODIFIED_AT: &str = "lastModifiedAt";
    pub(crate) const NAME: &str = "nameOrder";
    pub(crate) const KEY: &str = "keyOrder";
    pub(crate) const ID_HIGH: &str = "idHigh";
    pub(crate) const ID_LOW: &str = "idLow";
}

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) id: Field,
    pub(crate) key: Field,
    pub(crate) name: Field,
    pub(crate) description: Field,
    pub(crate) company: Field,
    pub(crate) integration_type: Field,
    pub(crate) private: Field,
    /// The Projects that see it, or [`EVERYONE`].
    pub(crate) audience: Field,
    created_at: Field,
    last_modified_at: Field,
    name_order: Field,
    key_order: Field,
    id_high: Field,
    id_low: Field,
}

impl Fields {
    /// The schema, and its fields.
    pub(crate) fn schema() -> (Schema, Self) {
        let mut schema = Schema::builder();
        // Neither frequencies nor lengths: the rank is of how a word matches, not of how often.
        let words = TextFieldIndexing::default()
            .set_tokenizer(WORDS)
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false);
        let words = TextOptions::default().set_indexing_options(words);
        let fields = Self {
            id: schema.add_bytes_field("id", INDEXED),
            key: schema.add_text_field("key", STRING),
            name: schema.add_text_field("name", words.clone()),
            description: schema.add_text_field("description", words),
            company: schema.add_text_field("company", STRING),
            integration_type: schema.add_u64_field("integrationType", INDEXED),
            private: schema.add_bool_field("private", INDEXED),
            audience: schema.add_text_field("audience", STRING),
            created_at: schema.add_i64_field(column::CREATED_AT, FAST),
            last_modified_at: schema.add_i64_field(column::LAST_MODIFIED_AT, FAST),
            name_order: schema.add_text_field(column::NAME, FAST),
            key_order: schema.add_text_field(column::KEY, FAST),
            id_high: schema.add_u64_field(column::ID_HIGH, FAST),
            id_low: schema.add_u64_field(column::ID_LOW, FAST),
        };
        (schema.build(), fields)
    }

    /// The term that only this Connector has.
    pub(crate) fn term(self, id: Uuid) -> Term {
        Term::from_field_bytes(self.id, id.as_bytes())
    }

    /// A Connector as the index takes it. Every column that sorts has a value.
    pub(crate) fn document(self, listing: &Listing) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_bytes(self.id, listing.id.as_bytes());
        let (high, low) = listing.id.as_u64_pair();
        document.add_u64(self.id_high, high);
        document.add_u64(self.id_low, low);
        document.add_text(self.name, &listing.name);
        document.add_text(self.name_order, &listing.name);
        if let Some(key) = &listing.key {
            document.add_text(self.key, key.as_str());
        }
        let key = listing.key.as_ref().map_or("", |key| key.as_str());
        document.add_text(self.key_order, key);
        if let Some(description) = &listing.description {
            document.add_text(self.description, description);
        }
        if let Some(company) = &listing.company {
            document.add_text(self.company, company);
        }
        for kind in &listing.integration_types {
            document.add_u64(self.integration_type, *kind as u64);
        }
        document.add_bool(self.private, listing.private);
        for project in &listing.projects {
            document.add_text(self.audience, project.as_str());
        }
        if listing.certified {
            document.add_text(self.audience, EVERYONE);
        }
        document.add_i64(self.created_at, listing.created_at.millis());
        document.add_i64(self.last_modified_at, listing.last_modified_at.millis());
        document
    }
}
