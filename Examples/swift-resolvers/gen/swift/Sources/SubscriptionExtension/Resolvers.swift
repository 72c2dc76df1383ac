import SubscriptionSchema
import SubsgenRuntime

/// What the application decides in Swift: nobody is told of an order without worth, and a large one is told as what is left to pay.
struct Resolvers: SubscriptionResolvers {
    var orderPlaced: FieldResolver<Order, OrderPlacedArguments> {
        .resolve { order, _ in
            if order.total == 0 { return .skip }
            var order = order
            if order.total > 100 { order.total -= 10 }
            return .event(order)
        }
    }
}
