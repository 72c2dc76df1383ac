/// Payload fields that functions supply.
extension SubscriptionExecutor {
    /// Lets a host's function supply a payload field, in place of the one that it had. Where there is no host, as before a server's
    /// loop runs, every call fails. `inFlight` calls may be with the host, or `RuntimeLimits.resolversInFlight`; those beyond wait, and
    /// are handed over together.
    ///
    /// Throws for a field that nothing supplies, and where it changes while the field is subscribed to whether the function reads
    /// claims: the subscribers are grouped already.
    public func setSupplier(
        type: String, field: String, _ sharing: FieldFunctions.Sharing, inFlight: Int? = nil, host: (any ResolverHost)?
    ) throws(ResolverError) {
        guard let place = context.suppliedFields.firstIndex(where: { $0.type == type && $0.name == field }) else {
            throw ResolverError("The schema has no field \"\(type).\(field)\" that a function supplies.")
        }
        let supplier = SupplierTable.Supplier(sharing: sharing, host: host ?? ResolverTable.Nobody())
        guard context.suppliers.set(supplier, inFlight: inFlight, for: place) else {
            throw ResolverError(
                "The field \"\(type).\(field)\" has subscribers, and its resolver cannot change whether it reads their claims meanwhile.")
        }
    }

    /// Sees an event through the functions that supply its fields.
    func begin(_ supply: Aftermath.Supply, in topic: Topic) {
        let targets = supply.waiting.map { waiting in
            SupplyRound.Target(projection: waiting.projection, claims: waiting.claims) { [weak self] body in
                guard let self else { return }
                perform(topic.supply(body, to: waiting.place, context), in: topic)
            }
        }
        SupplyRound(supply.event, at: supply.cursor, for: targets, context).begin()
    }
}
