LoyaltyCommand.main()
